//! The kinds of token, each with rules that exclude the others (RFC 8725 §3.12).

use alloc::borrow::ToOwned;

use crate::encoding::json::Members;
use crate::error::Error;
use crate::jose::header::{Header, Typ};

/// The kind of token that a verifier accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// An access token of any server: `typ` is `at+jwt`, `JWT` or absent, and no claim marks it as an
    /// ID token (`nonce`, `at_hash`, `c_hash`, `s_hash`) or as a security event (`events`). `sub` is there.
    #[default]
    AccessToken,
    /// An access token after RFC 9068: `typ` is `at+jwt`, and `sub`, `client_id`, `iat` and `jti` are
    /// there.
    AtJwt,
    /// An ID token (OpenID Connect Core §3.1.3.7): the audience is the client ID.
    IdToken,
    /// Any other JWT: `typ` is `JWT` or absent and no claim marks it as an ID token or a security event, or
    /// `typ` is just the one that the verifier names.
    Jwt,
}

impl Profile {
    /// The name as the npm package spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::AtJwt => "at+jwt",
            Self::IdToken => "id-token",
            Self::Jwt => "jwt",
        }
    }

    /// The profile of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::AccessToken, Self::AtJwt, Self::IdToken, Self::Jwt].into_iter().find(|profile| profile.name() == name)
    }

    /// The claims that must be there besides `iss`, `aud` and `exp`.
    pub(crate) const fn required_claims(self) -> &'static [&'static str] {
        match self {
            Self::Jwt => &[],
            Self::AccessToken => &["sub"],
            Self::AtJwt => &["sub", "client_id", "iat", "jti"],
            Self::IdToken => &["sub", "iat"],
        }
    }

    /// The claims that only tokens of other kinds have.
    const fn foreign_claims(self) -> &'static [&'static str] {
        match self {
            Self::AccessToken | Self::Jwt => &["nonce", "at_hash", "c_hash", "s_hash", "events"],
            Self::IdToken => &["events"],
            // Its `typ` says what it is.
            Self::AtJwt => &[],
        }
    }

    /// The acceptable values of `typ`, in lower case and without `application/`, and whether it may be
    /// absent.
    const fn types(self) -> (&'static [&'static str], bool) {
        match self {
            Self::AccessToken => (&["at+jwt", "jwt"], true),
            Self::AtJwt => (&["at+jwt"], false),
            Self::IdToken | Self::Jwt => (&["jwt"], true),
        }
    }

    /// Whether the token is of this kind, judged by `typ` and by the claims that mark other kinds.
    pub(crate) fn check_kind(self, header: &Header, wanted: Option<&str>, claims: &Members<'_>) -> Result<(), Error> {
        let (types, may_be_absent) = self.types();
        let fits = match (header.raw_typ(), wanted) {
            (None, wanted) => wanted.is_none() && may_be_absent,
            (Some(Typ::Text(typ)), Some(wanted)) => media_type(typ).eq_ignore_ascii_case(media_type(wanted)),
            (Some(Typ::Text(typ)), None) => types.iter().any(|own| media_type(typ).eq_ignore_ascii_case(own)),
            (Some(Typ::Other), _) => false,
        };
        let expected = || wanted.map_or_else(|| types.join(" or "), ToOwned::to_owned);
        if !fits {
            let actual = header.typ().map(ToOwned::to_owned);
            return Err(Error::TypMismatch { claim: None, expected: expected(), actual });
        }
        // A `typ` that was asked for by name decides alone.
        let foreign = if wanted.is_some() { &[] } else { self.foreign_claims() };
        match foreign.iter().copied().find(|name| claims.contains(name)) {
            Some(claim) => {
                Err(Error::TypMismatch { claim: Some(claim), expected: self.name().to_owned(), actual: None })
            }
            None => Ok(()),
        }
    }
}

/// A media type in the short form of RFC 7515 §4.1.9. Media types ignore case.
fn media_type(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, short)) if prefix.eq_ignore_ascii_case(PREFIX) && !short.contains('/') => short,
        _ => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::json;

    fn kind(profile: Profile, header: &str, wanted: Option<&str>, claims: &[&str]) -> bool {
        let header = Header::parse(header.into(), 8);
        let claims: alloc::vec::Vec<_> = claims.iter().map(|name| alloc::format!(r#""{name}":null"#)).collect();
        let claims = alloc::format!("{{{}}}", claims.join(","));
        let claims = json::parse_object(&claims, 1).unwrap_or_default();
        header.is_ok_and(|header| profile.check_kind(&header, wanted, &claims).is_ok())
    }

    #[test]
    fn typ_decides_the_kind() {
        let absent = r#"{"alg":"RS256"}"#;
        let typed = |typ: &str| alloc::format!(r#"{{"alg":"RS256","typ":{typ}}}"#);
        for (typ, access, at_jwt, id) in [
            (r#""at+jwt""#, true, true, false),
            (r#""application/AT+JWT""#, true, true, false),
            (r#""JWT""#, true, false, true),
            (r#""jwt""#, true, false, true),
            (r#""application/jwt""#, true, false, true),
            (r#""logout+jwt""#, false, false, false),
            (r#""dpop+jwt""#, false, false, false),
            (r#""application/x/jwt""#, false, false, false),
            ("7", false, false, false),
            ("null", false, false, false),
        ] {
            let header = typed(typ);
            assert_eq!(kind(Profile::AccessToken, &header, None, &[]), access, "{typ}");
            assert_eq!(kind(Profile::AtJwt, &header, None, &[]), at_jwt, "{typ}");
            assert_eq!(kind(Profile::IdToken, &header, None, &[]), id, "{typ}");
            assert_eq!(kind(Profile::Jwt, &header, None, &[]), id, "{typ}");
        }
        assert!(kind(Profile::AccessToken, absent, None, &[]));
        assert!(!kind(Profile::AtJwt, absent, None, &[]));
        assert!(kind(Profile::Jwt, &typed(r#""secevent+jwt""#), Some("application/secevent+jwt"), &[]));
        assert!(!kind(Profile::Jwt, absent, Some("secevent+jwt"), &[]));
        assert!(!kind(Profile::Jwt, &typed(r#""JWT""#), Some("secevent+jwt"), &[]));
    }

    #[test]
    fn claims_of_other_kinds_are_refused() {
        let header = r#"{"alg":"RS256"}"#;
        for claim in ["nonce", "at_hash", "c_hash", "s_hash", "events"] {
            assert!(!kind(Profile::AccessToken, header, None, &[claim]), "{claim}");
            assert!(!kind(Profile::Jwt, header, None, &[claim]), "{claim}");
            assert!(kind(Profile::Jwt, r#"{"alg":"RS256","typ":"JWT"}"#, Some("JWT"), &[claim]), "{claim}");
        }
        assert!(!kind(Profile::IdToken, header, None, &["events"]));
        assert!(kind(Profile::IdToken, header, None, &["nonce", "at_hash"]));
    }
}
