//! Keys for every algorithm of the table, made from nothing but their names.

use ed25519_dalek::Signer as _;
use hmac::Hmac;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use rsa::{BoxedUint, RsaPrivateKey};
use sha2::{Sha256, Sha384, Sha512};

use crate::base64url;
use crate::der;
use crate::hash::sha;
use crate::members::{Members, key_set};
use crate::primes;
use crate::rsa_raw;

/// The names of all algorithms.
pub const ALGORITHMS: [&str; 17] = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
    "ML-DSA-44",
    "ML-DSA-65",
    "ML-DSA-87",
    "HS256",
    "HS384",
    "HS512",
];

/// A private key, or a secret.
pub struct Key {
    /// The key ID.
    pub kid: String,
    /// The algorithm that it was made for.
    pub algorithm: String,
    material: Material,
}

enum Material {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    K256(k256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    /// The parameter set is in the algorithm's name.
    MlDsa(ml_dsa::Seed),
    Secret(Vec<u8>),
}

impl Key {
    /// The ordinary key for an algorithm. Its `kid` is the algorithm's name in lower case.
    pub fn of(algorithm: &str) -> Self {
        Self::named(algorithm, &algorithm.to_lowercase())
    }

    /// Another key for the algorithm. For RSA there are two: the ordinary one, and one for every other name.
    ///
    /// # Panics
    /// When the algorithm is not one of [`ALGORITHMS`].
    pub fn named(algorithm: &str, kid: &str) -> Self {
        let seed = |bits| sha(bits, format!("countersign test key {kid}").as_bytes());
        let material = match algorithm {
            "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => {
                let ordinary = kid == algorithm.to_lowercase();
                return Self::rsa(algorithm, kid, if ordinary { &primes::A } else { &primes::B }, 65537);
            }
            "ES256" | "ES384" | "ES256K" => {
                let bits = if algorithm == "ES384" { 384 } else { 256 };
                return Self::ecdsa(algorithm, kid, &seed(bits));
            }
            "ES512" => return Self::ecdsa(algorithm, kid, &[&[0; 2][..], &seed(512)].concat()),
            "EdDSA" => {
                let seed = seed(256).try_into().expect("32 bytes");
                Material::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
            "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" => {
                Material::MlDsa(ml_dsa::Seed::try_from(&seed(256)[..]).expect("32 bytes"))
            }
            "HS256" | "HS384" | "HS512" => Material::Secret(seed(algorithm[2..].parse().expect("a number"))),
            _ => panic!("{algorithm} is not in the table"),
        };
        Self { kid: kid.into(), algorithm: algorithm.into(), material }
    }

    /// An ECDSA key of this number.
    ///
    /// # Panics
    /// When it is zero, not below the order or not as long.
    pub fn ecdsa(algorithm: &str, kid: &str, scalar: &[u8]) -> Self {
        const RANGE: &str = "below the order";
        let material = match algorithm {
            "ES256" => Material::P256(p256::ecdsa::SigningKey::from_slice(scalar).expect(RANGE)),
            "ES384" => Material::P384(p384::ecdsa::SigningKey::from_slice(scalar).expect(RANGE)),
            "ES512" => Material::P521(p521::ecdsa::SigningKey::from_slice(scalar).expect(RANGE)),
            _ => Material::K256(k256::ecdsa::SigningKey::from_slice(scalar).expect(RANGE)),
        };
        Self { kid: kid.into(), algorithm: algorithm.into(), material }
    }

    /// An RSA key of these primes.
    ///
    /// # Panics
    /// When they are not primes.
    pub fn rsa(algorithm: &str, kid: &str, primes: &[&str; 2], exponent: u64) -> Self {
        let [p, q] = primes.map(|hex| BoxedUint::from_str_radix_vartime(hex, 16).expect("hexadecimal digits"));
        let key = RsaPrivateKey::from_p_q(p, q, BoxedUint::from(exponent)).expect("a key");
        Self { kid: kid.into(), algorithm: algorithm.into(), material: Material::Rsa(Box::new(key)) }
    }

    /// A secret for HMAC, of any bytes.
    pub fn secret(algorithm: &str, bytes: &[u8]) -> Self {
        Self { kid: "secret".into(), algorithm: algorithm.into(), material: Material::Secret(bytes.into()) }
    }

    /// Signs a message. ECDSA and ML-DSA are deterministic, the salt of PSS comes from the message.
    ///
    /// # Panics
    /// When the algorithm is not one for the key.
    pub fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        match (&self.material, algorithm) {
            (Material::Rsa(key), _) => {
                let bits: usize = algorithm[2..].parse().expect("a number");
                match &algorithm[..2] {
                    "PS" => rsa_raw::sign_pss(key, bits, bits, bits / 8, message),
                    _ => rsa_raw::sign_pkcs1(key, bits, message),
                }
            }
            (Material::P256(key), _) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Material::P384(key), _) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Material::P521(key), _) => {
                let signature: p521::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Material::K256(key), _) => {
                let signature: k256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Material::Ed25519(key), _) => key.sign(message).to_bytes().to_vec(),
            (Material::MlDsa(_), _) => self.sign_with_context(message, b""),
            (Material::Secret(secret), "HS256") => mac::<Hmac<Sha256>>(secret, message),
            (Material::Secret(secret), "HS384") => mac::<Hmac<Sha384>>(secret, message),
            (Material::Secret(secret), _) => mac::<Hmac<Sha512>>(secret, message),
        }
    }

    /// ML-DSA with a context, which JOSE leaves empty.
    ///
    /// # Panics
    /// For other keys.
    pub fn sign_with_context(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        fn sign<P: MlDsaParams>(seed: &ml_dsa::Seed, message: &[u8], context: &[u8]) -> Vec<u8> {
            let key = ml_dsa::ExpandedSigningKey::<P>::from_seed(seed);
            key.sign_deterministic(message, context).expect("a short context").encode().to_vec()
        }
        let Material::MlDsa(seed) = &self.material else { panic!("no ML-DSA key") };
        match self.algorithm.as_str() {
            "ML-DSA-44" => sign::<MlDsa44>(seed, message, context),
            "ML-DSA-65" => sign::<MlDsa65>(seed, message, context),
            _ => sign::<MlDsa87>(seed, message, context),
        }
    }

    /// The numbers of an RSA key.
    ///
    /// # Panics
    /// For other keys.
    pub fn rsa_parts(&self) -> &RsaPrivateKey {
        let Material::Rsa(key) = &self.material else { panic!("no RSA key") };
        key
    }

    /// The seed of an Ed25519 key.
    ///
    /// # Panics
    /// For other keys.
    pub fn ed25519_seed(&self) -> [u8; 32] {
        let Material::Ed25519(key) = &self.material else { panic!("no Ed25519 key") };
        key.to_bytes()
    }

    /// The bytes of a secret, or of a public key: a point, or an ML-DSA key.
    ///
    /// # Panics
    /// For RSA keys.
    pub fn bytes(&self) -> Vec<u8> {
        fn public<P: MlDsaParams>(seed: &ml_dsa::Seed) -> Vec<u8> {
            ml_dsa::ExpandedSigningKey::<P>::from_seed(seed).verifying_key().encode().to_vec()
        }
        match &self.material {
            Material::Rsa(_) => panic!("an RSA key is two numbers"),
            Material::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Material::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Material::P521(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Material::K256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Material::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
            Material::MlDsa(seed) => match self.algorithm.as_str() {
                "ML-DSA-44" => public::<MlDsa44>(seed),
                "ML-DSA-65" => public::<MlDsa65>(seed),
                _ => public::<MlDsa87>(seed),
            },
            Material::Secret(secret) => secret.clone(),
        }
    }

    /// The public JWK, with `kid` and `alg` (a secret's JWK is as secret as it is).
    pub fn jwk(&self) -> Members {
        let (jwk, bytes) = match &self.material {
            Material::Rsa(key) => {
                let exponent = rsa::traits::PublicKeyParts::e(&**key).to_be_bytes_trimmed_vartime();
                let jwk = Members::new().text("kty", "RSA").text("n", base64url::encode(rsa_raw::modulus(key)));
                return self.label(jwk.text("e", base64url::encode(exponent)));
            }
            _ => (Members::new(), self.bytes()),
        };
        let curve = |name| {
            let (x, y) = bytes[1..].split_at(bytes.len() / 2);
            let point = jwk.clone().text("kty", "EC").text("crv", name).text("x", base64url::encode(x));
            point.text("y", base64url::encode(y))
        };
        self.label(match &self.material {
            Material::P256(_) => curve("P-256"),
            Material::P384(_) => curve("P-384"),
            Material::P521(_) => curve("P-521"),
            Material::K256(_) => curve("secp256k1"),
            Material::Ed25519(_) => jwk.text("kty", "OKP").text("crv", "Ed25519").text("x", base64url::encode(&bytes)),
            Material::MlDsa(_) => jwk.text("kty", "AKP").text("pub", base64url::encode(&bytes)),
            _ => jwk.text("kty", "oct").text("k", base64url::encode(&bytes)),
        })
    }

    fn label(&self, jwk: Members) -> Members {
        jwk.text("alg", &self.algorithm).text("kid", &self.kid)
    }

    /// A JWK Set of this key.
    pub fn key_set(&self) -> String {
        key_set([&self.jwk()])
    }

    /// The public key as SPKI in DER.
    ///
    /// # Panics
    /// For secrets.
    pub fn spki(&self) -> Vec<u8> {
        const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
        let ec = |curve: &[u8]| der::spki(EC, &der::element(6, curve), &self.bytes());
        match &self.material {
            Material::Rsa(_) => der::spki(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], &[5, 0], &self.pkcs1()),
            Material::P256(_) => ec(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]),
            Material::P384(_) => ec(&[0x2b, 0x81, 4, 0, 0x22]),
            Material::P521(_) => ec(&[0x2b, 0x81, 4, 0, 0x23]),
            Material::K256(_) => ec(&[0x2b, 0x81, 4, 0, 0x0a]),
            Material::Ed25519(_) => der::spki(&[0x2b, 0x65, 0x70], &[], &self.bytes()),
            Material::MlDsa(_) => {
                let set = match self.algorithm.as_str() {
                    "ML-DSA-44" => 17,
                    "ML-DSA-65" => 18,
                    _ => 19,
                };
                der::spki(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, set], &[], &self.bytes())
            }
            Material::Secret(_) => panic!("a secret has no public part"),
        }
    }

    /// The public key as SPKI in PEM.
    pub fn pem(&self) -> String {
        der::pem("PUBLIC KEY", &self.spki())
    }

    /// RSAPublicKey in DER (RFC 8017 §A.1.1).
    pub fn pkcs1(&self) -> Vec<u8> {
        let key = self.rsa_parts();
        let exponent = rsa::traits::PublicKeyParts::e(key).to_be_bytes_trimmed_vartime();
        der::element(0x30, &[der::integer(&rsa_raw::modulus(key)), der::integer(&exponent)].concat())
    }
}

fn mac<M: hmac::Mac + hmac::KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = <M as hmac::KeyInit>::new_from_slice(secret).expect("any length");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}
