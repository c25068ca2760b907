//! The kinds of token, each with rules that exclude the others (RFC 8725 §3.12).

use alloc::borrow::ToOwned;

use crate::encoding::json::{Members, Value};
use crate::error::Error;
use crate::jose::header::{Header, Typ};

/// The kind of token that a verifier accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// An access token of any server: `typ` is `at+jwt`, `JWT` or absent, and no claim marks it as an
    /// ID token (`at_hash`, `c_hash`, `s_hash`, in most tokens `nonce`; `typ` or `token_use` of the claims)
    /// or as a security event (`events`). `sub` is there.
    ///
    /// A `nonce` marks an ID token unless the token says plainly that it is an access token: by the header's
    /// `typ`, by `typ` or `token_use` of the claims, or by scopes together with a client (`azp`, `client_id`)
    /// that is not in `aud`. So an ID token that is sent to an API whose audience is the client ID stays out.
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
    /// Every profile.
    pub const ALL: &'static [Self] = &[Self::AccessToken, Self::AtJwt, Self::IdToken, Self::Jwt];

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
        Self::ALL.iter().copied().find(|profile| profile.name() == name)
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

    /// The acceptable values of `typ`, in lower case and without `application/`, and whether it may be
    /// absent.
    const fn types(self) -> (&'static [&'static str], bool) {
        match self {
            Self::AccessToken => (&["at+jwt", "jwt"], true),
            Self::AtJwt => (&["at+jwt"], false),
            Self::IdToken | Self::Jwt => (&["jwt"], true),
        }
    }

    /// Those of them that are strings by RFC 9068, and checked nowhere else.
    pub(crate) const fn required_texts(self) -> &'static [&'static str] {
        match self {
            Self::AtJwt => &["client_id", "jti"],
            Self::AccessToken | Self::IdToken | Self::Jwt => &[],
        }
    }

    /// Whether tokens of this kind always have `aud`, by their specification.
    pub(crate) const fn needs_audience(self) -> bool {
        matches!(self, Self::AtJwt | Self::IdToken)
    }

    /// Whether the token is of this kind, judged by `typ` and by the claims that mark other kinds.
    #[inline(never)]
    pub(crate) fn check_kind(self, header: &Header, wanted: Option<&str>, claims: &Members<'_>) -> Result<(), Error> {
        let (types, may_be_absent) = self.types();
        let fits = match (header.raw_typ(), wanted) {
            (None, wanted) => wanted.is_none() && may_be_absent,
            (Some(Typ::Text(typ)), Some(wanted)) => media_type(typ).eq_ignore_ascii_case(media_type(wanted)),
            (Some(Typ::Text(typ)), None) => types.iter().any(|own| media_type(typ).eq_ignore_ascii_case(own)),
            (Some(Typ::Other), _) => false,
        };
        if !fits {
            return Err(self.other_type(header, wanted));
        }
        // A `typ` that was asked for by name decides alone.
        let foreign = if wanted.is_some() { None } else { self.foreign_claim(header, claims) };
        foreign.map_or(Ok(()), |claim| Err(self.other_kind(claim)))
    }

    #[inline(never)]
    fn other_type(self, header: &Header, wanted: Option<&str>) -> Error {
        let expected = wanted.map_or_else(|| self.types().0.join(" or "), ToOwned::to_owned);
        Error::TypMismatch { claim: None, expected, actual: header.typ().map(ToOwned::to_owned) }
    }

    #[inline(never)]
    fn other_kind(self, claim: &str) -> Error {
        Error::TypMismatch { claim: Some(claim.to_owned()), expected: self.name().to_owned(), actual: None }
    }

    /// A claim that makes the token one of another kind.
    fn foreign_claim(self, header: &Header, claims: &Members<'_>) -> Option<&'static str> {
        let marks: &[&str] = match self {
            Self::AccessToken | Self::Jwt => &["at_hash", "c_hash", "s_hash", "events"],
            Self::IdToken => &["events"],
            // Its `typ` says what it is.
            Self::AtJwt => return None,
        };
        if let Some(name) = marks.iter().copied().find(|name| claims.contains(name)) {
            return Some(name);
        }
        let own = if self == Self::IdToken { Kind::Id } else { Kind::Access };
        if let Some((name, _)) = kinds_in_claims(claims).find(|(_, kind)| *kind != own) {
            return Some(name);
        }
        let for_api = self != Self::IdToken;
        (for_api && claims.contains("nonce") && !says_access_token(header, claims)).then_some("nonce")
    }
}

/// The kinds of token that a payload can name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Access,
    Id,
    Other,
}

/// The marks that Keycloak (`typ`) and Amazon Cognito (`token_use`) write into the payload of each kind of token.
const KINDS: [(&str, &str, Kind); 8] = [
    ("typ", "Bearer", Kind::Access),
    ("typ", "DPoP", Kind::Access),
    ("typ", "ID", Kind::Id),
    ("typ", "Refresh", Kind::Other),
    ("typ", "Offline", Kind::Other),
    ("typ", "Logout", Kind::Other),
    ("token_use", "access", Kind::Access),
    ("token_use", "id", Kind::Id),
];

fn kinds_in_claims<'a>(claims: &'a Members<'_>) -> impl Iterator<Item = (&'static str, Kind)> + 'a {
    let said = |(name, value, _): &(&str, &str, Kind)| claims.get(name).and_then(Value::as_str) == Some(*value);
    KINDS.into_iter().filter(said).map(|(name, _, kind)| (name, kind))
}

/// Whether the token says so plainly that it is an access token that a `nonce` makes it none.
///
/// What must stay out is an ID token at an API whose audience is the client ID. No single claim tells the two
/// apart: Google's ID tokens for Android have an `azp` that is not in `aud`, those of Cloud Foundry's UAA have
/// a `scope`. But an ID token is for the client that it was issued to (OpenID Connect Core §2, `aud`). So
/// either the kind is named, by the header's `typ` or in the payload; or there are scopes, and the client,
/// in `azp` or `client_id`, is no recipient of the token.
#[inline(never)]
fn says_access_token(header: &Header, claims: &Members<'_>) -> bool {
    let typed = matches!(header.raw_typ(), Some(Typ::Text(typ)) if media_type(typ).eq_ignore_ascii_case("at+jwt"));
    let named = kinds_in_claims(claims).any(|(_, kind)| kind == Kind::Access);
    typed || named || (has_scopes(claims) && is_for_others_than_the_client(claims))
}

fn has_scopes(claims: &Members<'_>) -> bool {
    ["scope", "scp"].into_iter().filter_map(|name| claims.get(name)).any(|scopes| match scopes {
        Value::String(text) => !text.trim_ascii().is_empty(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).any(|scope| !scope.trim_ascii().is_empty()),
        _ => false,
    })
}

fn is_for_others_than_the_client(claims: &Members<'_>) -> bool {
    let for_client = |client: &Value<'_>| match (client.as_str(), claims.get("aud")) {
        (None | Some(""), _) => true,
        (client, Some(Value::Array(audience))) => audience.iter().any(|one| one.as_str() == client),
        (client, Some(audience)) => audience.as_str() == client,
        (_, None) => false,
    };
    let mut clients = ["azp", "client_id"].into_iter().filter_map(|name| claims.get(name)).peekable();
    clients.peek().is_some() && !clients.any(for_client)
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
