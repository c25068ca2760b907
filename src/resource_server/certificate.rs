//! The thumbprint of a client certificate (RFC 8705 §3.1).

use alloc::string::String;
use core::fmt;

use crate::encoding::base64url;
use crate::hash::Hash;

/// Bytes of the hash.
const LENGTH: usize = 32;

/// The SHA-256 thumbprint of a client certificate that whoever ends TLS has verified, for
/// [`Presentation::certificate`](crate::resource_server::Presentation::certificate).
///
/// # Example
/// ```
/// use countersign::resource_server::CertificateThumbprint;
///
/// let of_der = CertificateThumbprint::of_der(b"a certificate");
/// assert_eq!(CertificateThumbprint::parse(of_der.as_str()), Some(of_der));
/// assert_eq!(CertificateThumbprint::parse("no thumbprint"), None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateThumbprint(String);

impl CertificateThumbprint {
    /// That of a certificate in DER.
    pub fn of_der(certificate: &[u8]) -> Self {
        Self(base64url::encode(&Hash::Sha256.digest(certificate)))
    }

    /// Reads what a proxy says of it: hexadecimal, with colons or without, or base64url. `None`: it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = match text.len() {
            43 => base64url::decode(text.as_bytes()).ok()?,
            64 => hexadecimal(text)?,
            95 if text.split(':').all(|pair| pair.len() == 2) => hexadecimal(&text.replace(':', ""))?,
            _ => return None,
        };
        (bytes.len() == LENGTH).then(|| Self(base64url::encode(&bytes)))
    }

    /// As tokens have it: base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hexadecimal(text: &str) -> Option<alloc::vec::Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

impl fmt::Debug for CertificateThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CertificateThumbprint").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn each_form_is_the_same_thumbprint() {
        let hash = Hash::Sha256.digest(b"x");
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let colons = hash.iter().map(|byte| format!("{byte:02X}")).collect::<alloc::vec::Vec<_>>().join(":");
        let expected = CertificateThumbprint::of_der(b"x");
        for form in [base64url::encode(&hash), hex.clone(), hex.to_uppercase(), colons.clone()] {
            assert_eq!(CertificateThumbprint::parse(&form).as_ref(), Some(&expected), "{form}");
        }
        for wrong in ["", "x", &hex[1..], &format!("{hex}0"), &hex.replace('a', "g"), &colons.replace(':', "-")] {
            assert_eq!(CertificateThumbprint::parse(wrong), None, "{wrong}");
        }
        assert_eq!(CertificateThumbprint::parse(&"+".repeat(43)), None);
    }
}
