//! A key, a good signature and a bad one for each algorithm that a host may have natively. A host's engine is believed
//! once it has told them apart: some released ones answer false to everything, or ignore the padding.
//!
//! They are here and not in JavaScript because each artifact has them once, where every entry point would, and because the
//! tests below put them to this crate's own arithmetic. The private keys were thrown away.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::jose::algorithm::{Algorithm, Curve, Scheme};

/// A good and a bad signature to test an engine with. Bytes are base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAnswer {
    /// The public key, as JSON
    pub jwk: &'static str,
    /// What was signed
    pub message: &'static str,
    /// A valid signature
    pub good: &'static str,
    /// An invalid signature of the same form
    pub bad: String,
}

impl KnownAnswer {
    /// None for algorithms that are only ever verified by this crate.
    pub fn of(algorithm: Algorithm) -> Option<Self> {
        let known = |jwk, good, bad| Some(Self { jwk, message: MESSAGE, good, bad });
        match (algorithm.entry().scheme, algorithm) {
            // Each is the other's bad one, so that an engine which ignores the padding is found out.
            (Scheme::RsaPkcs1, Algorithm::RS256) => known(RSA, RS256, PS256.to_owned()),
            (Scheme::RsaPkcs1, Algorithm::RS384) => known(RSA, RS384, PS384.to_owned()),
            (Scheme::RsaPkcs1, _) => known(RSA, RS512, PS512.to_owned()),
            (Scheme::RsaPss, Algorithm::PS256) => known(RSA, PS256, RS256.to_owned()),
            (Scheme::RsaPss, Algorithm::PS384) => known(RSA, PS384, RS384.to_owned()),
            (Scheme::RsaPss, _) => known(RSA, PS512, RS512.to_owned()),
            (Scheme::Ecdsa(Curve::P256), _) => known(P256, ES256, altered(ES256)),
            (Scheme::Ecdsa(Curve::P384), _) => known(P384, ES384, altered(ES384)),
            (Scheme::Ecdsa(Curve::P521), _) => known(P521, ES512, altered(ES512)),
            (Scheme::Ecdsa(Curve::Secp256k1), _) => known(SECP256K1, ES256K, altered(ES256K)),
            (Scheme::Ed25519, _) => known(ED25519, EDDSA, altered(EDDSA)),
            (Scheme::MlDsa(_) | Scheme::Hmac(_), _) => None,
        }
    }
}

/// With another digit in the middle of its second half, which leaves both numbers in range.
fn altered(signature: &str) -> String {
    let at = signature.len().saturating_mul(3) / 4;
    let other = |digit| if digit == 'A' { 'B' } else { 'A' };
    signature.chars().enumerate().map(|(index, digit)| if index == at { other(digit) } else { digit }).collect()
}

const MESSAGE: &str = "YSBtZXNzYWdl";

const RSA: &str = "{\"kty\":\"RSA\",\"n\":\"jrNyCdZTKGi3_sQW9RW2OhFzQxxg--C0HPkMOKw4oIuX1DGCovIWEEsmnW-CwFHdT_2OZ31Dg7Q\
    DD_8RFG_tY2qgXsKvJw_IX6c4f44v5V8IP4RX0gFD8RnVRD5YwCz0tikuPlLwQelruUuqa9wl7QRCsZAWuHSYkXOBQ2FKx7sEg1b\
    PFAi0z9_t1KFXgRreLECAmS3gNeqKyrbJPHMWitYWP58a19ls3NNTNVlnNyxsApY4cr23FFZRbYA3ZL0pW1Ok9tBzs-hF9imevuq\
    DOZZn0MLrS22xZZldmyErl09BylDrsQRBwk5Ozg6Ylxsl04q7MrfkCnTItfGPsjhy0Q\",\"e\":\"AQAB\"}";
const RS256: &str = "CzlUnpu-7x3VXxRqAKpSGrIOmYDkutG7V0T4M14LaE9tB5E-02YtPsr_7x80NA404DJFuEYXQIqLs6P4ynyXpgmFFv-0jFffH22r\
    lwDrIPLBvvl0vsz0dguNfCu-SfgfINzGy6j-cTbYIzqGMfCF5KHJEfwSKCCYWLlMlPAGWwRNMbW4pFyI2MMlU26znu7FNOHZvoVN\
    -xmwlXmEXBhgX3ls4nL-BqglyhlgLewXRym3VaGGf_ftFQCVRd-61enWEzndO9TNd5e7CaAWXJP1drL1kbSdy-4oojrgzJtuahfU\
    3Y6SULSPe40h5PZoCIocBmUgYhA3ycW9Xs9gtVgKyQ";
const PS256: &str = "O7tF5K2K5ms_skQC0DgwRGQDeFr0OS3LihojWhyVMYzr_E6zCWAsHptl8aTNsLmQMvu3G8lo-BrvVc7lpTu0OYf0ikunyWEPS2AG\
    P8Sykp5Jg_YebJKxS37zZfIMey2DnNKVynyyp8BfrKklFXyJQW83iNJSu4bsBANzGWujo126zkVO-476Zy0RtnO-PndXmMay7VqU\
    atL5ZPYCbTuaKhE5XOza-CTg3ivno_9ef7r9aILShBMyDEn66HdQbjeCTNdgU27dXZ1FKs95wN_Yjd3Tqpi57d_E9nAO1sflhZ6e\
    QwcibTrxlQ7o3TDKjqSxvsMJ-j4TbP6aeogHX0QnjQ";
const RS384: &str = "HMB6IR9vj6wmJRFJhYZhX4QErhdQxXuG_oTVYn-RcUJKFG2Q8tYWwJWSnpJtd08aTXSFr8Vkt_3iBg5HAICf9Ac6suZRa_UKZvFe\
    79FWa6eqOr-8xlw2sBE546nV5aZiaY_BA_o5_1FiuhgUKROMYpoTmlblm1OSpG0GDiy3bUeJp8NFBYnZHWKqH-mOY1AOmB5cS7Ct\
    8G2cUekE5PSmHuQKRUsRle3t4gHxMuJIXmqIOY5B6IXplEOCxp3zxqOq8yXkhGhd1HQ9xfUtiqcaHaWPb7gLrUf_F1j__npyia1S\
    XLoFDNYSZVwJLpVrLKQyyU5oi7FGgnlihiUwOuN15g";
const PS384: &str = "VWPBSs6-gNTGFVxYNMK6VzMlgGFBvAwMEE4wauYKmyGFYEE7QFcG76mSessIi1bOsfjtPsLOrKIJWqMzIMom6G02qyUWlmPBdiqa\
    tK-o9IZqkUO1d7LziqzoLKKh87a-xicxudCNtBlteEMCf0Y7_UMx8x6ftPhzrZsyRBXqZi-baBW2ITWiDZ604UZrq1wgcitlYyXR\
    Y4rxefMtm1WZ7dCEVjwtmsyOq6qOEoHYFjnQs3Q9vzzCs5OwLccadXfYAxHaEEyGVgQppeRQzGI07s0FqCTj79oJVtQ10M3Z5cTN\
    fU3oaKAUTpK16jAa7VvXC8kJj_bhrXoKxtW3LkV_mw";
const RS512: &str = "i3uJlAykDEl3kfBiWzYXCXTrxCow0LSyq-dq96iabhApA06zWydthID61c7rZdoOeO3fGU8A0sWKUOdGeWLr2zl-toYEBIESFVQ1\
    HtqEkVbKeTs-3_0Xc-lDhEfHo705EOuz5SoLjS5izNcw6BDWE4V6I6-7qIHNMekQ4fpPVW--ODVk_nLRlOqePEJOBRoPfHP23czi\
    ARZNxxLunI08NYsgm8rwpCGWcgCt6ZmlXrhTvvsVmjc2uMmfzRJvzzCdP5M6KzK2hxKDUH3UrX_-MmGn3ZqUqS-4dmqoVJwPjfZz\
    5JvzaYiKq1z-5mpnHebGFsxPB6OmJ4UBSnhBXkftMQ";
const PS512: &str = "g8Jl4Bd-h4psYZZ8XPvD1ioRtbeeNFlo7p-gQjomashqhjaq6oIawCbyF1KQ4VWfWTVpxYRefUgGmGDSpJ0V5nkLu6AH5gWGMgBt\
    Ppk9eueRCrLBMf03p03C4DmGmY6qMvObNtekICj7l1jupl_MwPKz8vE5y4pycDB_PG_OCY5a0Zr8X9bQ4B1ZewkBb20uanANMscd\
    ghGNFCQie5_J7a_r7qx4wsw05F6IJHHfKl2Plaz-cNmQsE3A5Mts_rw3pi2r8snjB6Wn0O2xx6OUWWotfM4OTT_lJmDVHUyBdEtq\
    uIrPoRxK-iVxlRsyaxkTv3J0H050QLKRCPGFKp8BhQ";

const P256: &str = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"I_Z1IeXsLU2bCO2PKU0gsjpsp-mW--UtVl4aRFbuD6s\",\"y\":\"nf4V\
    Sz162T_Nh0--Pa6KoeUx10EtfYFWo31pokWCoes\"}";
const ES256: &str = "BcDvAdxbzMTUgSKszFWW6qVUui3kpPflCGyk7TdWFhl6ltKq9q8_zH0U-uXhk9hMfxLe_UvDMizSC5iuVob7nA";
const P384: &str = "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"0xZxF87aec1HHvu9VxkCmTp22VUi7Qflr5vwTaslsIGsYkJPEHEZR5bAWv\
    d3zURg\",\"y\":\"ScjGOcmI0KCUk1fi7npfQ8EoQyVmPWCs2GGnOXrDb4K09c3WOnJ-tpCTCABE4aFL\"}";
const ES384: &str = "jirjdPKvSI1Ay2hVynzGGb2Vl6QcpUvcbTaRC8O8INnevV9ySHXxhssh8rMR9CJ61Ug5eNZv3GMmMa5oGVPZCU0pK98uBOUZNrDK\
    QMlqFz47PLRwVqO7XL7jhxsfG-Wx";
const P521: &str = "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"ABhLlQj1LGgNlSBPjyTXc42s4_edyXbn659OUjTjQ799OtPa2xtFG3Iwun\
    4Aj7TSr_DBQhFuXnXlbpMAm19LCC7a\",\"y\":\"AJsIBP1_xOuyFq44iEJ2Uo2Ae2WM7rPFYZQs-TKqa2cl2SDzAIq90d7UnoA\
    8qlQLa6jyq_zIk7ZixEO4zZcr_9K7\"}";
const ES512: &str = "Act3s2kL9PHmEx3BkElJ2lVffJffgU4Ud5a7tJMnwg9czp4Z8aPnuXDBThXuIUSbREZMOhtKY5pX0Ab6CPKKI-4nAdXIyAPM5o2t\
    1grTbeAoQZNLS9G-nMmUa2qDbM323aFoSJMFfFNPO1M9fCf3--fSkx4IAc7Gj3N_vpAuDKiNU1hT";
const SECP256K1: &str = "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"v7CNLbmWsQEE-Y_BLdadIwRVRk50KR-6U3PeXk6E6xM\",\"y\":\"\
    zmXmcYTMoc2FHId6y3Qy7NV7WgrKm32oCVM4KQPTp7s\"}";
/// With the greater of the two values that `s` can have: there is an engine that refuses these.
const ES256K: &str = "KEX8WGrCTCFwR-PNA-hkgnBgGBBXcrqEpBhGa82WMeiClm15l2BDnsa9RSD-bJ9999g2NchgIDw_6G7i3y3MxA";
const ED25519: &str = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"60XPtrewsUtlwDkN3eyl3Ww8btJW-M9IAqPEgjN_jiI\"}";
const EDDSA: &str = "8Sl_lf_0gaNpXnOwjaY_NOtfRkmX1IqTxm8jjhgvL8pG5p2pjrlSXljRPlX3wQ5uFfQnA5_xTEZp3MfZqINwAg";

#[cfg(all(test, feature = "engine"))]
mod tests {
    use super::*;
    use crate::encoding::base64url::decode;
    use crate::engine::Engine;
    use crate::engine::engine_key::EngineKey;
    use crate::keys::verifying_key::VerifyingKey;

    #[test]
    fn every_algorithm_of_a_host_has_an_answer_that_is_right() {
        let mut count = 0;
        for algorithm in Algorithm::all() {
            let Some(KnownAnswer { jwk, message, good, bad }) = KnownAnswer::of(algorithm) else {
                assert!(!algorithm.entry().web_crypto, "{algorithm}");
                continue;
            };
            let message = decode(message.as_bytes()).unwrap();
            for &engine in Engine::ALL {
                let key = VerifyingKey::from_jwk(jwk).unwrap().with_engine(engine);
                let verify = |signature: &str| key.verify(algorithm, &message, &decode(signature.as_bytes()).unwrap());
                // So often that the larger table of a point is made.
                for _ in 0..20 {
                    assert_eq!(verify(good), Some(true), "{algorithm} {engine:?}");
                    assert_eq!(verify(&bad), Some(false), "{algorithm} {engine:?}");
                }
            }
            let alone = VerifyingKey::from_jwk(jwk).unwrap().engine_bytes().unwrap();
            let alone = EngineKey::new(algorithm.index(), &alone).unwrap();
            for (signature, valid) in [(good, true), (bad.as_str(), false)] {
                let signature = decode(signature.as_bytes()).unwrap();
                assert_eq!(alone.verify(algorithm.index(), &message, &signature), Some(valid), "{algorithm}");
            }
            count += 1;
        }
        assert_eq!(count, 11);
        assert!(EngineKey::new(99, &[]).is_none());
    }

    #[test]
    fn a_signature_is_altered_in_the_middle_of_its_second_half() {
        assert_eq!(altered("CCCCCCCC"), "CCCCCCAC");
        assert_eq!(altered("AAAAAAAA"), "AAAAAABA");
    }

    #[test]
    fn the_es256k_signature_has_the_greater_s() {
        let signature = decode(ES256K.as_bytes()).unwrap();
        // Half of the group's order is 2^255 less a little.
        assert!(signature.get(32).is_some_and(|byte| *byte >= 0x80));
    }
}
