//! The decryption of tokens, as JavaScript carries it out.
//!
//! Nothing is held in between: each call gets the token, the keys and the answers so far, and says what comes next.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::error::{ConfigError, Error};
use countersign::internal::{JsonWriter, base64url, from_base64url};
use countersign::jose::jwe::{ContentEncryption, Decryption, DecryptionKey, DecryptionStep, KeyManagement};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::client::entropy;
use crate::errors::to_js_error;
use crate::fields::{self, JsonFields};

const UNKNOWN_ALG: ConfigError = ConfigError::new("decryption_keys", "names an `alg` that is not accepted");
const UNKNOWN_ENC: ConfigError = ConfigError::new("decryption_keys", "names an `enc` that is not accepted");
const WRONG_KEY: ConfigError = ConfigError::new("decryption_keys", "has a key that is not for its `alg`");

/// `[type, value, alg, kid, ...enc]`. The value is the bytes of the modulus, the curve, or the secret; an empty `kid` is none.
fn key_of(parts: &[String]) -> Result<DecryptionKey, ConfigError> {
    let [kind, value, alg, id, encryptions @ ..] = parts else { return Err(WRONG_KEY) };
    let algorithm = KeyManagement::from_name(alg).ok_or(UNKNOWN_ALG)?;
    let encryptions: Option<Vec<_>> = encryptions.iter().map(|name| ContentEncryption::from_name(name)).collect();
    let encryptions = encryptions.ok_or(UNKNOWN_ENC)?;
    let key = match (kind.as_str(), algorithm, encryptions.as_slice()) {
        ("RSA", KeyManagement::RsaOaep256, _) => DecryptionKey::rsa(value.parse().unwrap_or_default())?,
        ("EC", _, _) => DecryptionKey::ec(algorithm, value)?,
        ("oct", KeyManagement::Dir, [encryption]) => {
            let secret = from_base64url(value.as_bytes()).map_err(|_| WRONG_KEY)?;
            DecryptionKey::direct(*encryption, &Zeroizing::new(secret))?
        }
        ("client_secret", KeyManagement::Dir, [encryption]) => DecryptionKey::client_secret(*encryption, value)?,
        _ => return Err(WRONG_KEY),
    };
    let key = if id.is_empty() { key } else { key.kid(id.as_str()) };
    if algorithm == KeyManagement::Dir || encryptions.is_empty() { Ok(key) } else { key.encryptions(encryptions) }
}

fn keys_of(options: JsonFields<'_>) -> Result<Vec<DecryptionKey>, ConfigError> {
    options.lists("decryptionKeys").unwrap_or_default().iter().map(|parts| key_of(parts)).collect()
}

/// Takes `{ decryptionKeys, answers }`, the answers in base64url, where an empty one is a failure. Answers
/// `{ step, … }` for WebCrypto, with bytes in base64url; or `{ text }`, when the decryption is over.
#[wasm_bindgen(js_name = decryptionStep)]
pub fn decryption_step(token: &str, options: &str) -> Result<String, JsValue> {
    let (keys, answers) =
        fields::try_read(options, |options| Ok((keys_of(options)?, options.texts("answers").unwrap_or_default())))?;
    let mut decryption = Decryption::begin(token, &keys, &entropy()?).map_err(to_js_error)?;
    for answer in answers {
        let answer = Zeroizing::new(from_base64url(answer.as_bytes()).unwrap_or_default());
        let answer = Some(answer.as_slice()).filter(|answer| !answer.is_empty());
        if let Some(text) = decryption.answer(answer).map_err(to_js_error)? {
            return Ok(JsonWriter::new().text("text", &text).end());
        }
    }
    written(&decryption.step()).ok_or_else(|| to_js_error(Error::InternalError))
}

fn written(step: &DecryptionStep<'_>) -> Option<String> {
    let bytes = |writer: JsonWriter, parts: &[(&str, &[u8])]| {
        parts.iter().fold(writer, |writer, (name, part)| writer.text(name, &base64url(part)))
    };
    let begun = |name| JsonWriter::new().text("step", name);
    let number = |key: usize| u64::try_from(key).unwrap_or(u64::MAX);
    Some(
        match *step {
            DecryptionStep::UnwrapRsa { key, encrypted_key } => {
                bytes(begun("unwrapRsa").number("number", number(key)), &[("data", encrypted_key)])
            }
            DecryptionStep::Agree { key, curve, x, y } => {
                bytes(begun("agree").number("number", number(key)).text("curve", curve), &[("x", x), ("y", y)])
            }
            DecryptionStep::UnwrapAes { key, encrypted_key } => {
                bytes(begun("unwrapAes"), &[("key", key), ("data", encrypted_key)])
            }
            DecryptionStep::OpenGcm { key, iv, aad, sealed } => {
                bytes(begun("openGcm"), &[("key", key), ("iv", iv), ("aad", aad), ("data", sealed)])
            }
            DecryptionStep::OpenCbc { key, iv, ciphertext } => {
                bytes(begun("openCbc"), &[("key", key), ("iv", iv), ("data", ciphertext)])
            }
            _ => return None,
        }
        .end(),
    )
}
