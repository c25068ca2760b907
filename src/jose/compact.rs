//! The compact serialization (RFC 7515 §7.1): exactly three canonical base64url segments.

use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::error::{Error, MalformedReason, SizeReason, TokenTypeReason};

/// Longer than any signature of a supported algorithm (ML-DSA-87 has 4 627 bytes).
const MAX_SIGNATURE: usize = 8 * 1024;

/// The three segments, the last two decoded.
#[derive(Debug)]
pub(crate) struct Compact<'t> {
    token: &'t [u8],
    /// The header as it stands in the token, not looked at yet
    pub(crate) header: &'t [u8],
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// Length of the signing input: header, dot and payload as they stand in the token.
    pub(crate) signing_input_length: usize,
}

impl<'t> Compact<'t> {
    /// Splits a token of at most `max_token` bytes with a header of at most `max_header`.
    ///
    /// Decoding finds what has no place in a segment, dots included, so that a good token is read once. Only
    /// of a bad one it is then asked what is wrong with it, in the fixed order.
    pub(crate) fn parse(token: &'t [u8], max_token: usize, max_header: usize) -> Result<Self, Error> {
        Self::parse_form(token, max_token, max_header, false)
    }

    /// [`Compact::parse`], for tokens whose segments may be padded (RFC 4648 §5): one that has padding has it wherever it
    /// belongs.
    pub(crate) fn parse_form(
        token: &'t [u8],
        max_token: usize,
        max_header: usize,
        may_be_padded: bool,
    ) -> Result<Self, Error> {
        if token.len() > max_token {
            return Err(Error::TokenTooLarge(SizeReason::Token));
        }
        let is_padded = may_be_padded && token.contains(&b'=');
        Self::decode(token, max_header, is_padded).ok_or_else(|| fault(token, max_header))
    }

    fn decode(token: &'t [u8], max_header: usize, is_padded: bool) -> Option<Self> {
        let first = token.iter().position(|&byte| byte == b'.')?;
        let last = token.iter().rposition(|&byte| byte == b'.')?;
        let header = token.get(..first)?;
        let payload = token.get(first.checked_add(1)?..last)?;
        let signature = token.get(last.checked_add(1)?..)?;
        let [header, payload, signature] = if is_padded {
            [unpadded(header)?, unpadded(payload)?, unpadded(signature)?]
        } else {
            [header, payload, signature]
        };
        let empty = header.is_empty() || payload.is_empty() || signature.is_empty();
        if empty || oversize(header, signature, max_header).is_some() {
            return None;
        }
        let [payload, signature] = [base64url::decode(payload).ok()?, base64url::decode(signature).ok()?];
        Some(Self { token, header, payload, signature, signing_input_length: last })
    }

    /// The header, decoded.
    pub(crate) fn decode_header(&self) -> Result<Vec<u8>, Error> {
        base64url::decode(self.header).map_err(|_| fault(self.token, usize::MAX))
    }
}

/// A segment without the padding that its length asks for.
fn unpadded(segment: &[u8]) -> Option<&[u8]> {
    let is_whole = segment.len().is_multiple_of(4);
    let short = segment.strip_suffix(b"==").or_else(|| segment.strip_suffix(b"="));
    is_whole.then(|| short.unwrap_or(segment))
}

/// Judged by the encoded length, so that nothing oversized is ever copied.
fn oversize(header: &[u8], signature: &[u8], max_header: usize) -> Option<SizeReason> {
    if decoded_length(header) > max_header {
        Some(SizeReason::Header)
    } else if decoded_length(signature) > MAX_SIGNATURE {
        Some(SizeReason::Signature)
    } else {
        None
    }
}

/// The error of a token that cannot be decoded.
#[cold]
fn fault(token: &[u8], max_header: usize) -> Error {
    match split(token) {
        Ok([header, _, signature]) => match oversize(header, signature, max_header) {
            Some(oversize) => Error::TokenTooLarge(oversize),
            None => Error::TokenMalformed(MalformedReason::NonCanonical),
        },
        Err(error) => error,
    }
}

fn decoded_length(segment: &[u8]) -> usize {
    segment.len().saturating_mul(3) / 4
}

fn split(token: &[u8]) -> Result<[&[u8]; 3], Error> {
    match token.first() {
        None => return Err(Error::TokenMalformed(MalformedReason::Empty)),
        Some(b'{') => return Err(Error::TokenTypeUnsupported(TokenTypeReason::JsonSerialization)),
        Some(_) => {}
    }
    if !token.iter().all(|&byte| byte == b'.' || base64url::is_digit(byte)) {
        return Err(Error::TokenMalformed(MalformedReason::Alphabet));
    }
    let mut segments = token.split(|&byte| byte == b'.');
    let parts = [segments.next(), segments.next(), segments.next()];
    let surplus = segments.take(3).count();
    match (parts, surplus) {
        ([Some(header), Some(payload), Some(signature)], 0) => {
            if header.is_empty() || payload.is_empty() || signature.is_empty() {
                return Err(Error::TokenMalformed(MalformedReason::EmptySegment));
            }
            Ok([header, payload, signature])
        }
        (_, 2) => Err(Error::TokenTypeUnsupported(TokenTypeReason::Jwe)),
        _ => Err(Error::TokenMalformed(MalformedReason::Segments)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(token: &[u8]) -> Option<Error> {
        Compact::parse(token, 64, 16).and_then(|compact| compact.decode_header()).err()
    }

    #[test]
    fn splits_three_segments() {
        let parts = Compact::parse(b"AAAA.AAE.AQ", 64, 16).ok();
        assert_eq!(
            parts.map(|p| (p.decode_header(), p.payload, p.signature, p.signing_input_length)),
            Some((Ok(alloc::vec![0, 0, 0]), alloc::vec![0, 1], alloc::vec![1], 8))
        );
    }

    #[test]
    fn padding_is_where_it_belongs_or_nowhere() {
        let parts = |token: &[u8]| {
            let compact = Compact::parse_form(token, 64, 16, true).ok()?;
            Some((compact.decode_header().ok()?, compact.payload, compact.signature, compact.signing_input_length))
        };
        let bytes = |length| Some((alloc::vec![0], alloc::vec![0, 1], alloc::vec![1], length));
        assert_eq!(parts(b"AA==.AAE=.AQ=="), bytes(9));
        assert_eq!(parts(b"AA.AAE.AQ"), bytes(6));
        for token in [
            &b"AA==.AAE=.AQ"[..],
            b"AA.AAE.AQ==",
            b"AA==.AAE.AQ==",
            b"AA=.AAE=.AQ==",
            b"AA==.AAE==.AQ==",
            b"AA==.AAE=.AQ=",
            b"AA==.AAE=.AQ===",
            b"AA==.AAE=.AB==",
            b"A===.AAE=.AQ==",
            b"====.AAE=.AQ==",
            b"=AA=.AAE=.AQ==",
            b"AA==.AAE=.==",
            b"AA==.AAE=.",
            b"AAAA====.AAE=.AQ==",
        ] {
            assert_eq!(parts(token), None, "{}", alloc::string::String::from_utf8_lossy(token));
        }
        assert_eq!(error(b"AA==.AAE=.AQ=="), Some(Error::TokenMalformed(MalformedReason::Alphabet)));
    }

    #[test]
    fn refuses_other_shapes() {
        assert_eq!(error(b""), Some(Error::TokenMalformed(MalformedReason::Empty)));
        for token in [&b"AAAA"[..], b"AAAA.AAAA", b"A.A.A.A", b"A.A.A.A.A.A", b".......", b"..."] {
            assert_eq!(error(token), Some(Error::TokenMalformed(MalformedReason::Segments)), "{token:?}");
        }
        for token in [&b"..AAAA"[..], b"AAAA..AAAA", b"AAAA.AAAA.", b".AAAA.AAAA", b".."] {
            assert_eq!(error(token), Some(Error::TokenMalformed(MalformedReason::EmptySegment)), "{token:?}");
        }
        assert_eq!(error(b"AAAA.AAAA.AAAA.AAAA.AAAA"), Some(Error::TokenTypeUnsupported(TokenTypeReason::Jwe)));
        assert_eq!(error(b"{\"a\":1}"), Some(Error::TokenTypeUnsupported(TokenTypeReason::JsonSerialization)));
        for token in
            [&b"AAAA.AAAA.AAA="[..], b"AAAA.AA A.AAAA", b"AAAA.AA+A.AAAA", b"AAAA.AAAA.AAAA\n", b"\xef\xbb\xbfAAAA.A.A"]
        {
            assert_eq!(error(token), Some(Error::TokenMalformed(MalformedReason::Alphabet)), "{token:?}");
        }
        for token in [&b"AAAA.AAAA.AB"[..], b"AAB.AAAA.AAAA", b"AAAA.A.AAAA"] {
            assert_eq!(error(token), Some(Error::TokenMalformed(MalformedReason::NonCanonical)), "{token:?}");
        }
    }

    #[test]
    fn bounds_sizes_before_decoding() {
        assert_eq!(error(&[b'A'; 65]), Some(Error::TokenTooLarge(SizeReason::Token)));
        assert_eq!(error(b"AAAAAAAAAAAAAAAAAAAAAAAA.AAAA.AAAA"), Some(Error::TokenTooLarge(SizeReason::Header)));
    }

    #[test]
    fn faults_have_an_order_whatever_is_read_first() {
        let oversized = "A".repeat(24);
        for (header, payload, signature, expected) in [
            (oversized.as_str(), "AA=A", "AAAA", Error::TokenMalformed(MalformedReason::Alphabet)),
            (&oversized, "", "AAAA", Error::TokenMalformed(MalformedReason::EmptySegment)),
            (&oversized, "A", "A", Error::TokenTooLarge(SizeReason::Header)),
            ("A*", "A", "", Error::TokenMalformed(MalformedReason::Alphabet)),
            ("AB", "AAAA", "AAAA", Error::TokenMalformed(MalformedReason::NonCanonical)),
            ("AB", "A.A", "AAAA", Error::TokenMalformed(MalformedReason::Segments)),
            ("AB", "A.A.A", "AAAA", Error::TokenTypeUnsupported(TokenTypeReason::Jwe)),
        ] {
            assert_eq!(error([header, payload, signature].join(".").as_bytes()), Some(expected), "{payload}");
        }
    }
}
