//! Public keys as SPKI, in DER and PEM (RFC 5280 §4.1.2.7, RFC 7468).

use crate::base64url;

/// A DER element.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..128 => der.push(length as u8),
        128..256 => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

/// A positive INTEGER.
pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { &[0][..] } else { &[] };
    element(2, &[sign, bytes].concat())
}

/// SubjectPublicKeyInfo: the algorithm's OID in DER, its parameters in DER, the key.
pub fn spki(oid: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = element(0x30, &[element(6, oid), parameters.to_vec()].concat());
    element(0x30, &[algorithm, element(3, &[&[0], key].concat())].concat())
}

/// PEM with lines of 64 characters.
pub fn pem(label: &str, der: &[u8]) -> String {
    let body = base64url::encode_standard(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
