//! The compact serialization (RFC 7515 §7.1): exactly three canonical base64url segments.

use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::error::{Error, Malformed, OtherKind, Oversize};

/// Longer than any signature of a supported algorithm (ML-DSA-87 has 4 627 bytes).
const MAX_SIGNATURE: usize = 8 * 1024;

/// The three segments, decoded.
#[derive(Debug)]
pub(crate) struct Compact {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// Length of the signing input: header, dot and payload as they stand in the token.
    pub(crate) signing_input_length: usize,
}

impl Compact {
    /// Splits and decodes a token of at most `max_token` bytes with a header of at most `max_header`.
    pub(crate) fn parse(token: &[u8], max_token: usize, max_header: usize) -> Result<Self, Error> {
        if token.len() > max_token {
            return Err(Error::TokenTooLarge(Oversize::Token));
        }
        let [header, payload, signature] = split(token)?;
        // Judged by the encoded length, so that nothing oversized is ever copied.
        if decoded_length(header) > max_header {
            return Err(Error::TokenTooLarge(Oversize::Header));
        }
        if decoded_length(signature) > MAX_SIGNATURE {
            return Err(Error::TokenTooLarge(Oversize::Signature));
        }
        let decode = |segment| base64url::decode(segment).map_err(|_| Error::TokenMalformed(Malformed::NonCanonical));
        Ok(Self {
            header: decode(header)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
            signing_input_length: token.len().saturating_sub(signature.len()).saturating_sub(1),
        })
    }
}

fn decoded_length(segment: &[u8]) -> usize {
    segment.len().saturating_mul(3) / 4
}

fn split(token: &[u8]) -> Result<[&[u8]; 3], Error> {
    match token.first() {
        None => return Err(Error::TokenMalformed(Malformed::Empty)),
        Some(b'{') => return Err(Error::TokenTypeUnsupported(OtherKind::JsonSerialization)),
        Some(_) => {}
    }
    if !token.iter().all(|&byte| byte == b'.' || base64url::is_digit(byte)) {
        return Err(Error::TokenMalformed(Malformed::Alphabet));
    }
    let mut segments = token.split(|&byte| byte == b'.');
    let parts = [segments.next(), segments.next(), segments.next()];
    let surplus = segments.take(3).count();
    match (parts, surplus) {
        ([Some(header), Some(payload), Some(signature)], 0) => {
            if header.is_empty() || payload.is_empty() || signature.is_empty() {
                return Err(Error::TokenMalformed(Malformed::EmptySegment));
            }
            Ok([header, payload, signature])
        }
        (_, 2) => Err(Error::TokenTypeUnsupported(OtherKind::Jwe)),
        _ => Err(Error::TokenMalformed(Malformed::Segments)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(token: &[u8]) -> Option<Error> {
        Compact::parse(token, 64, 16).err()
    }

    #[test]
    fn splits_three_segments() {
        let parts = Compact::parse(b"AAAA.AAE.AQ", 64, 16).ok();
        assert_eq!(
            parts.map(|p| (p.header, p.payload, p.signature, p.signing_input_length)),
            Some((alloc::vec![0, 0, 0], alloc::vec![0, 1].into_iter().collect(), alloc::vec![1], 8))
        );
    }

    #[test]
    fn refuses_other_shapes() {
        assert_eq!(error(b""), Some(Error::TokenMalformed(Malformed::Empty)));
        for token in [&b"AAAA"[..], b"AAAA.AAAA", b"A.A.A.A", b"A.A.A.A.A.A", b".......", b"..."] {
            assert_eq!(error(token), Some(Error::TokenMalformed(Malformed::Segments)), "{token:?}");
        }
        for token in [&b"..AAAA"[..], b"AAAA..AAAA", b"AAAA.AAAA.", b".AAAA.AAAA", b".."] {
            assert_eq!(error(token), Some(Error::TokenMalformed(Malformed::EmptySegment)), "{token:?}");
        }
        assert_eq!(error(b"AAAA.AAAA.AAAA.AAAA.AAAA"), Some(Error::TokenTypeUnsupported(OtherKind::Jwe)));
        assert_eq!(error(b"{\"a\":1}"), Some(Error::TokenTypeUnsupported(OtherKind::JsonSerialization)));
        for token in
            [&b"AAAA.AAAA.AAA="[..], b"AAAA.AA A.AAAA", b"AAAA.AA+A.AAAA", b"AAAA.AAAA.AAAA\n", b"\xef\xbb\xbfAAAA.A.A"]
        {
            assert_eq!(error(token), Some(Error::TokenMalformed(Malformed::Alphabet)), "{token:?}");
        }
        for token in [&b"AAAA.AAAA.AB"[..], b"AAB.AAAA.AAAA", b"AAAA.A.AAAA"] {
            assert_eq!(error(token), Some(Error::TokenMalformed(Malformed::NonCanonical)), "{token:?}");
        }
    }

    #[test]
    fn bounds_sizes_before_decoding() {
        assert_eq!(error(&[b'A'; 65]), Some(Error::TokenTooLarge(Oversize::Token)));
        assert_eq!(error(b"AAAAAAAAAAAAAAAAAAAAAAAA.AAAA.AAAA"), Some(Error::TokenTooLarge(Oversize::Header)));
    }
}
