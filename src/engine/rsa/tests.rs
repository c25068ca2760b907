use super::{Key, is_pss, mgf1, pkcs1};
use crate::engine::PreparedKey;
use crate::hash::Hash;
use crate::jose::algorithm::Algorithm;
use num_bigint::BigUint;

const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

/// A modulus, and signatures of "message" by PS256 and PS512. With 2049 bits, EM is a byte shorter than the modulus;
/// with 2055, its first byte has two bits that must be zero.
const ODD_SIZES: [[&str; 3]; 2] = [
    // 2049 bits
    [
        "\
         013bfd8e28b42e4d43c4d9a5dc4f7223dd34681de5906bb9a95930e19c6cf572fec69576c6d91dceadbfe9e8fdf705341aeb\
         ff63c3a562a601b823036b7e5945adff105d92d4bdc1acbcefac5fcf1bfd9684cddad274f521369fdacb4303706a01ed940d\
         af4afbc01fa79c9f3334741d4a367bdcb706c1e69d2c77f33433e3e4b7d11d12d8419f00fa0dd98945b493b59f319be9ed31\
         60778f04454ce61375150c3aad7c1bd02e0277e021b96e337eb14ad6854da0f5ed9a34a2b9a2c6030b2141eedd16c1db5699\
         63cb17a5723f8eb4c73efc3fbb7bf3f3cfda22e5853b4e726d34fdd88ba64caab0413b2d3e1dcfc9935982e0f903e66801ea\
         cb8ff4a4a9c751",
        "\
         001e469779ef382d76f4d1772e5e900c1ad6f6a663fd0a40c248a278dc73e168f20fd9beeeac18aa7df810f7cfa3a08e8954\
         f28c85724bf488b023d3247255274d7ab678928fc4e4133c18a59ddf653bc5586fbbce5503e5d66b7c4b4566b96f5bffbb23\
         a5f2d450e0aa018cb2199ade753bb6df0d46a05a60e757b3f06095d443dd13240905b1b4f2b7adfff687c8a3cd0760223d40\
         da55a4c0f1be300e98e420cb4813b9905f06fe5e3366c573b5cfe044613b6af3083131bf23a17c02dc6115ba41d11e14c034\
         2e3bfd7aa554d844c647c378a8a1c1a580abb3c4dbebf66392c474ac35bb7197b12bd3851e1280210b226a62e29f27678cd8\
         e8443239925bb3",
        "\
         011328e6fca5770ed5e6a9603709698e54edc5e5256af2986a0f8e0c47971a6195d0a2edecb76cf08353e0b62987d8ef4efa\
         c1674c5f5e97ea6fad576ad4a680a5cb41fe3e62e61460c8cb428b57752fe9d90759d422c57b473a80d72d7d0354c1e8d1e3\
         f3b825a62bda8c2ed5d076feacff155f50f8729b363ed96fd95fbf4a4fbaaa3e0e0ab04e6d9d3bee0db12241bfa5a3dbbb30\
         f46e99ef5c0999986775dec45391a108effafc628ae0f0b630c604630c3744318ada33ff13fbedf7d1f9f09093d4db0126d9\
         654a622dad1b6db34d8d6a2db5ba8410614f3963a7e5028d25dd0d861c7724dbac3bf7a82947d0363b799f85b01ceb7feb3a\
         119a560d38b23a",
    ],
    // 2055 bits
    [
        "\
         48f7ed9d6b30e06eb80990a225afb1a444e6bbb3bff6c59b79281b14a0521fecc68185ba810b74aaef22b707f6903d8886ea\
         5b177484b4f26a95557e5c818e6d6110009de12a6e35f3ea135b51a2dab944789070016691e0ac2b1c5251f23896b127c2f1\
         46987104607ab5a636b2d15c6d23f3a5a985a6d3cc52a24ab6e56351fa08009b63bccda351041c4e66c68ddc77ca71d26a04\
         f6bcd58898a9bf946225107df52f329176893ad263477d8003d1cc1d19a8975b081e5257524d7adbb6efe56972d0a38d2a32\
         d99f662722e7123abc3e18b4c06d957031b01d6afdc9753bb7856b5bd44ce93a2d991b94543d60c80fb48560f56a754a88a6\
         89d1fcc40b6d71",
        "\
         092f138d0ad4c6a3a7ec4701b3575513abbad0e596d0258fb8d5531d83e5272dbcd7657bdfdb30671db89cb7ce77df721398\
         ec21ad64d3dead29080e0404d4fcfb5bf32c876d09e6289a62160efbd11b6d4cc307caa6841c3c297cf6f856284f2d127def\
         2b30f7be8baeda3c6a5e0ceb9602379eeae36e0dd3198fdcd66a80857d380aa0f28c6f7de78f6d91368c65b1dfde8641b1e8\
         db4f6f6fe6d134c7646a9e8d6448fbef08846b20947a6c2da96f13a563059041b5aa3a77271f7b89d328229dc503f718972f\
         23b0df894d688647650e2dd8b44d0b5f794b52aa2c5e26ff42c754232f3ab9d2471582dcb5449a50c539ba548699ec77234e\
         31808a8dc994c5",
        "\
         12cdf0d3006e4cc869356ed8b7ba20a9d30ad2f8e3f742b3c9a5fe93576b8393f2bcb38ae72863c0ee2e44a2e27edd248d7a\
         f31b5abf5d36aae3899222c7f0b68ca62d2a8b2359e2079a4407f0012577b822b09c4becf417ebbf33fd6cea192f8e9fb093\
         555dccb3370d7b88c1ea8305f5ff1a6291678adce4b1753108a4c269b0ccf7be10151e87f0977e1593d9bd5f238b1ff24e2b\
         c2dc520ba526d3e43a6150cb7507970602e805cb82de5fcda634173e9a91f743f95772467c1748ba30388fd640087b67668e\
         5ec49eaec047529ef81a6c9dddec3d86346a08982e660986030e075105a5ab94a72d031b0e3d4be97c4de38d96b5ee3d17f1\
         7823a2b3a631fe",
    ],
];

fn bytes(hex: &str) -> Vec<u8> {
    let number = BigUint::parse_bytes(hex.as_bytes(), 16).expect("hexadecimal").to_bytes_be();
    [vec![0; hex.len() / 2 - number.len()], number].concat()
}

#[test]
fn moduli_need_not_be_whole_bytes() {
    for [modulus, ps256, ps512] in ODD_SIZES.map(|row| row.map(bytes)) {
        let key = Key::new(&modulus, 65537).expect("a key");
        assert!(key.verify(Algorithm::PS256, b"message", &ps256));
        assert!(key.verify(Algorithm::PS512, b"message", &ps512));
        assert!(!key.verify(Algorithm::PS256, b"messagf", &ps256));
        assert!(!key.verify(Algorithm::PS384, b"message", &ps256));
        assert!(!key.verify(Algorithm::RS256, b"message", &ps256));
        assert!(!key.verify(Algorithm::ES256, b"message", &ps256));
        let mut changed = ps512;
        for index in [1, changed.len() - 1] {
            changed[index] ^= 1;
            assert!(!key.verify(Algorithm::PS512, b"message", &changed));
            changed[index] ^= 1;
        }
    }
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1), as long as the modulus, with a separator and a salt of one's choice.
fn encode(hash: Hash, digest: &[u8], salt: &[u8], separator: u8, bits: usize) -> Vec<u8> {
    let length = (bits - 1).div_ceil(8);
    let h = hash.digest(&[&[0; 8], digest, salt].concat());
    let mut block = vec![0; length - h.len() - salt.len() - 2];
    block.push(separator);
    block.extend(salt);
    let mut masked: Vec<u8> = block.iter().zip(mgf1(hash, &h)).map(|(byte, mask)| byte ^ mask).collect();
    masked[0] &= 0xff >> (8 * length - (bits - 1));
    [vec![0; bits.div_ceil(8) - length], masked, h, vec![0xbc]].concat()
}

#[test]
fn every_part_of_pss_counts() {
    let every = if cfg!(miri) { 100 } else { 1 };
    for (bits, hash) in (2048..=2056).flat_map(|bits| HASHES.map(|hash| (bits, hash))).step_by(every.min(14)) {
        let digest = hash.digest(b"message");
        let salt = vec![0x5a; hash.length()];
        let good = encode(hash, &digest, &salt, 1, bits);
        let accepted = |encoded: &[u8]| is_pss(hash, &digest, encoded, bits).unwrap_or(false);
        assert!(accepted(&good), "{bits} {hash:?}");
        assert!(!accepted(&encode(hash, &digest, &salt[1..], 1, bits)), "a short salt");
        assert!(!accepted(&encode(hash, &digest, &[salt.as_slice(), &[1]].concat(), 1, bits)), "a long salt");
        assert!(!accepted(&encode(hash, &digest, &salt, 2, bits)), "another separator");
        assert!(!accepted(&encode(hash, &hash.digest(b"other"), &salt, 1, bits)), "another message");
        // Every bit: above EM, in its masked zeros, separator and salt, in the hash, in the trailer.
        for index in (0..good.len()).step_by(every) {
            for bit in 0..8 {
                let mut changed = good.clone();
                changed[index] ^= 1 << bit;
                assert!(!accepted(&changed), "{bits} {hash:?}: byte {index}, bit {bit}");
            }
        }
        assert!(!accepted(&good[1..]) && !accepted(&good[..hash.length()]) && !accepted(&[]), "cut");
    }
}

#[test]
fn pkcs1_has_one_encoding() {
    let digest = Hash::Sha256.digest(b"message");
    let encoded = pkcs1(Hash::Sha256, &digest, 256).expect("room");
    assert_eq!(encoded.len(), 256);
    let info = "3031300d060960864801650304020105000420";
    assert_eq!(encoded, [&[0, 1], [0xff; 202].as_slice(), &[0], &bytes(info), &digest].concat());
    assert_eq!(pkcs1(Hash::Sha256, &digest, 53), None);
    let info = |hash| super::digest_info(hash).to_vec();
    assert_eq!(info(Hash::Sha384), bytes("3041300d060960864801650304020205000430"));
    assert_eq!(info(Hash::Sha512), bytes("3051300d060960864801650304020305000440"));
}
