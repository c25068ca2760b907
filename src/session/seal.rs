//! The seal over a cookie: AES-256-GCM with keys that HKDF-SHA-256 (RFC 5869) derives from the operator's secrets.
//!
//! | bytes    | what                                                        |
//! | -------- | ----------------------------------------------------------- |
//! | 1        | the version, 1                                              |
//! | 4        | the identifier of the key, so that secrets can be exchanged |
//! | 12       | the initialization vector, random                           |
//! | the rest | the ciphertext and its tag of 16 bytes                      |
//!
//! All of it in base64url. HKDF has no salt; its info is `countersign session 1 ` and the purpose, and of the 36 bytes that
//! it gives 32 are the key and 4 the identifier. The associated data is the purpose, the name of the cookie and the origin,
//! each followed by a zero byte.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::session::site::Site;

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const IV: usize = 12;
const TAG: usize = 16;

/// What is sealed. Each has a key of its own, so that nothing sealed for one passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// The session of a user who has signed in.
    Session,
    /// A sign-in that is under way.
    Transaction,
    /// What is in a store.
    Stored,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
            Self::Stored => "stored",
        }
    }

    /// The info of HKDF.
    pub fn info(self) -> Vec<u8> {
        [b"countersign session 1 ", self.name().as_bytes()].concat()
    }

    /// What the ciphertext is bound to.
    pub fn associated_data(self, cookie: &str, site: &Site) -> Vec<u8> {
        [self.name(), &site.cookie_name(cookie), site.origin()].map(|part| [part.as_bytes(), b"\0"].concat()).concat()
    }
}

/// What a host's AES-GCM makes, and is given to open: the format of a sealed cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The last 4 of the 36 bytes that HKDF gives.
    pub key_id: [u8; KEY_ID],
    /// The initialization vector.
    pub iv: [u8; IV],
    /// The ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

impl Sealed {
    /// The value of the cookie.
    pub fn to_text(&self) -> String {
        base64url::encode(&[&[VERSION], &self.key_id[..], &self.iv, &self.ciphertext].concat())
    }

    /// Reads the value of a cookie. `None`: it is of no version that is known here.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = base64url::decode(text.as_bytes()).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (key_id, rest) = rest.split_first_chunk::<KEY_ID>()?;
        let (iv, ciphertext) = rest.split_first_chunk::<IV>()?;
        let is_whole = version == VERSION && ciphertext.len() >= TAG;
        is_whole.then(|| Self { key_id: *key_id, iv: *iv, ciphertext: ciphertext.to_vec() })
    }
}

#[cfg(feature = "session")]
pub use keys::SealingKeys;

#[cfg(feature = "session")]
mod keys {
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::fmt;

    use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
    use aes_gcm::{Aes256Gcm, Key, Nonce};
    use hkdf::Hkdf;
    use sha2::Sha256;
    use zeroize::Zeroizing;

    use super::{IV, KEY_ID, Purpose, Sealed};
    use crate::error::ConfigError;
    use crate::session::site::Site;

    /// Bytes of a secret at least.
    const MIN_SECRET: usize = 32;
    const MAX_SECRETS: usize = 8;

    /// The keys that seal cookies, of one or several secrets: the first seals, all of them open. To change the secret, put
    /// the new one first and drop the old one after the longest lifetime of a session.
    ///
    /// An implementation in software (RustCrypto); hosts with WebCrypto use theirs, for the same format.
    pub struct SealingKeys {
        secrets: Vec<Zeroizing<Vec<u8>>>,
    }

    impl SealingKeys {
        /// Takes secrets of at least 32 bytes each, as `openssl rand -base64 32` makes them.
        ///
        /// # Errors
        /// [`ConfigError`] for none, for more than eight, for a shorter one, and for one that is there twice.
        pub fn new<S: AsRef<[u8]>>(secrets: &[S]) -> Result<Self, ConfigError> {
            let problem = |problem| Err(ConfigError { option: "secrets", problem });
            if secrets.is_empty() || secrets.len() > MAX_SECRETS {
                return problem("must be one to eight secrets, the newest first");
            }
            let mut taken: Vec<Zeroizing<Vec<u8>>> = Vec::new();
            for secret in secrets {
                let secret = secret.as_ref();
                if secret.len() < MIN_SECRET {
                    return problem("must have 32 bytes or more each: `openssl rand -base64 32` makes one");
                }
                if taken.iter().any(|other| other.as_slice() == secret) {
                    return problem("must differ from each other");
                }
                taken.push(Zeroizing::new(secret.to_vec()));
            }
            Ok(Self { secrets: taken })
        }

        /// Seals bytes for the cookie of that name. `iv` is random, and never used twice.
        pub fn seal(&self, purpose: Purpose, cookie: &str, site: &Site, iv: [u8; IV], bytes: &[u8]) -> String {
            let associated = purpose.associated_data(cookie, site);
            let payload = Payload { msg: bytes, aad: &associated };
            let newest = self.derived(purpose).next();
            let sealed = newest.and_then(|(key_id, cipher)| {
                let ciphertext = cipher.encrypt(&Nonce::from(iv), payload).ok()?;
                Some(Sealed { key_id, iv, ciphertext })
            });
            // There is a secret, and no cookie has the 64 GiB that AES-GCM refuses.
            sealed.map(|sealed| sealed.to_text()).unwrap_or_default()
        }

        /// Opens what [`SealingKeys::seal`] made, by the same purpose, name and site. `None`: it was not, or by a secret that is
        /// gone, or it was altered.
        pub fn open(&self, purpose: Purpose, cookie: &str, site: &Site, text: &str) -> Option<Vec<u8>> {
            let sealed = Sealed::parse(text)?;
            let associated = purpose.associated_data(cookie, site);
            let payload = || Payload { msg: &sealed.ciphertext, aad: &associated };
            let mut fitting = self.derived(purpose).filter(|(key_id, _)| *key_id == sealed.key_id);
            fitting.find_map(|(_, cipher)| cipher.decrypt(&Nonce::from(sealed.iv), payload()).ok())
        }

        fn derived(&self, purpose: Purpose) -> impl Iterator<Item = ([u8; KEY_ID], Aes256Gcm)> {
            let info = purpose.info();
            self.secrets.iter().filter_map(move |secret| {
                let mut bytes = Zeroizing::new([0; 32 + KEY_ID]);
                Hkdf::<Sha256>::new(None, secret).expand(&info, bytes.as_mut_slice()).ok()?;
                let (key, key_id) = bytes.split_first_chunk::<32>()?;
                Some((*key_id.first_chunk()?, Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))))
            })
        }
    }

    impl fmt::Debug for SealingKeys {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SealingKeys").field("secrets", &self.secrets.len()).finish()
        }
    }
}

#[cfg(all(test, feature = "session"))]
mod tests {
    use super::*;

    const IV_OF_TESTS: [u8; IV] = [7; IV];

    fn keys(secrets: &[&str]) -> SealingKeys {
        SealingKeys::new(&secrets.iter().map(|secret| secret.repeat(32)).collect::<Vec<_>>()).unwrap()
    }

    fn site(origin: &str) -> Site {
        Site::new(origin).unwrap()
    }

    #[test]
    fn only_the_same_purpose_name_and_origin_open() {
        let (keys, app) = (keys(&["a"]), site("https://app.example"));
        let sealed = keys.seal(Purpose::Session, "session", &app, IV_OF_TESTS, b"alice");
        let open = |purpose, name, origin| keys.open(purpose, name, &site(origin), &sealed);
        assert_eq!(open(Purpose::Session, "session", "https://app.example").as_deref(), Some(&b"alice"[..]));
        assert_eq!(open(Purpose::Transaction, "session", "https://app.example"), None);
        assert_eq!(open(Purpose::Session, "sessions", "https://app.example"), None);
        assert_eq!(open(Purpose::Session, "session", "https://other.example"), None);
        assert_eq!(open(Purpose::Session, "session", "https://app.example:8443"), None);
        assert_eq!(open(Purpose::Session, "__Host-session", "http://localhost"), None);
    }

    #[test]
    fn every_altered_byte_and_every_other_length_is_nothing() {
        let (keys, app) = (keys(&["a"]), site("https://app.example"));
        let sealed = keys.seal(Purpose::Session, "session", &app, IV_OF_TESTS, &[b'x'; 100]);
        let open = |text: &str| keys.open(Purpose::Session, "session", &app, text);
        assert!(open(&sealed).is_some());
        for at in 0..sealed.len() {
            for other in ["A", "B", "-", "_", "=", ".", " ", "\u{e9}"] {
                let altered = [&sealed[..at], other, &sealed[at + 1..]].concat();
                assert_eq!(open(&altered).is_some(), altered == sealed, "{at} {other}");
            }
            assert_eq!(open(&sealed[..at]), None);
            assert_eq!(open(&sealed[at..]).is_some(), at == 0);
        }
        assert_eq!(open(&[&sealed, "A"].concat()), None);
        assert_eq!(open(&sealed.repeat(2)), None);
    }

    #[test]
    fn the_first_secret_seals_and_all_open() {
        let app = site("https://app.example");
        let seal = |keys: &SealingKeys| keys.seal(Purpose::Session, "session", &app, IV_OF_TESTS, b"x");
        let open = |keys: &SealingKeys, text: &str| keys.open(Purpose::Session, "session", &app, text).is_some();
        let (old, both, new) = (keys(&["a"]), keys(&["b", "a"]), keys(&["b"]));
        assert!(open(&both, &seal(&old)) && open(&both, &seal(&both)) && open(&new, &seal(&both)));
        assert!(!open(&old, &seal(&both)) && !open(&new, &seal(&old)));
    }

    #[test]
    fn the_format_is_as_it_is_written_down() {
        // By node:crypto: hkdfSync("sha256", "a" * 32, "", "countersign session 1 session", 36), then aes-256-gcm.
        let sealed =
            keys(&["a"]).seal(Purpose::Session, "session", &site("https://app.example"), IV_OF_TESTS, b"alice");
        assert_eq!(sealed, EXPECTED);
    }
    const EXPECTED: &str = "AezOyTQHBwcHBwcHBwcHBwfE23ziCocAe7z5sEsWZ6pHHCpWr-o";

    #[test]
    fn secrets_are_long_and_differ() {
        for (secrets, problem) in [
            (vec![], "one to eight"),
            (vec!["a".repeat(32); 9], "one to eight"),
            (vec!["a".repeat(31)], "openssl rand"),
            (vec!["a".repeat(32), "a".repeat(32)], "differ"),
        ] {
            let error = SealingKeys::new(&secrets).unwrap_err();
            assert!(error.option == "secrets" && error.problem.contains(problem), "{error}");
        }
        assert_eq!(format!("{:?}", keys(&["a"])), "SealingKeys { secrets: 1 }");
    }
}
