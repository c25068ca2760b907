//! The access token of a request, by where it is presented.
//!
//! Nothing, and another scheme's credentials, are the absence of a token. Whatever else is there is judged.

use crate::error::{Error, RequestReason};

/// The longest header field that is looked at, in bytes: the largest token and its scheme fit.
const MAX_FIELD: usize = 70_000;

/// The access token of the `Authorization` header fields (RFC 6750 §2.1), given as the host has parsed them: without the
/// white space around them. `None`: there is none, or only another scheme's credentials.
///
/// # Errors
/// [`Error::RequestInvalid`] for several fields, or one with several credentials, and for a `Bearer` that is not followed
/// by a single token; [`Error::SchemeUnsupported`] for `DPoP`.
///
/// # Example
/// ```
/// use countersign::resource_server::from_authorization;
///
/// assert_eq!(from_authorization(&["Bearer abc"])?, Some("abc"));
/// assert_eq!(from_authorization(&["Basic YWxpY2U6c2VjcmV0"])?, None);
/// assert!(from_authorization(&["Bearer abc def"]).is_err());
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn from_authorization<'a>(fields: &[&'a str]) -> Result<Option<&'a str>, Error> {
    match from_authorization_of_any_scheme(fields)? {
        Some((Scheme::DPoP, _)) => Err(Error::SchemeUnsupported),
        bearer => Ok(bearer.map(|(_, token)| token)),
    }
}

/// The access token of the `Authorization` header fields, as [`from_authorization`], with the scheme that it comes by:
/// `Bearer` (RFC 6750 §2.1) or `DPoP` (RFC 9449 §7.1). One that comes as `DPoP` needs a proof:
/// [`Guard::verify_proof`](crate::resource_server::Guard::verify_proof).
///
/// # Errors
/// [`Error::RequestInvalid`] as for [`from_authorization`].
pub fn from_authorization_of_any_scheme<'a>(fields: &[&'a str]) -> Result<Option<(Scheme, &'a str)>, Error> {
    let Some(field) = only(fields)? else { return Ok(None) };
    let end = field.bytes().position(|byte| !is_token_byte(byte)).unwrap_or(field.len());
    let (scheme, rest) = field.split_at_checked(end).unwrap_or((field, ""));
    let ours = Scheme::of(scheme);
    if scheme.is_empty() {
        return Err(RequestReason::Credentials.into());
    }
    let Some(ours) = ours else {
        let another = rest.split(',').skip(1).any(begins_with_ours);
        return if another { Err(RequestReason::Repeated.into()) } else { Ok(None) };
    };
    let token = rest.trim_start_matches(' ');
    if token.len() == rest.len() || !is_token68(token) {
        return Err(RequestReason::Credentials.into());
    }
    Ok(Some((ours, token)))
}

/// The access token that is the whole of a header field, such as `Cf-Access-Jwt-Assertion`. `None`: there is none.
///
/// Each segment of a JWT may be padded there, as AWS load balancers write it: whether it is one, its verifier says.
///
/// # Errors
/// [`Error::RequestInvalid`] for several fields, and for what is not a single token.
pub fn from_header<'a>(fields: &[&'a str]) -> Result<Option<&'a str>, Error> {
    match only(fields)? {
        Some(token) if is_token68(token) || token.split('.').all(is_token68) => Ok(Some(token)),
        Some(_) => Err(RequestReason::Credentials.into()),
        None => Ok(None),
    }
}

/// The access token in the cookie of this name, of the `Cookie` header fields (RFC 6265 §4.2.1). `None`: there is none, or
/// it is empty. Whoever takes a token from a cookie has to check where the request comes from:
/// [`Guard::check_context`](crate::resource_server::Guard::check_context).
///
/// # Errors
/// [`Error::RequestInvalid`] when the cookie is there twice, as one is that a neighbouring domain has set, and for a value
/// that is not a single token.
///
/// # Example
/// ```
/// use countersign::resource_server::from_cookie;
///
/// assert_eq!(from_cookie(&["theme=dark; __Host-token=abc"], "__Host-token")?, Some("abc"));
/// assert!(from_cookie(&["__Host-token=abc; __Host-token=def"], "__Host-token").is_err());
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn from_cookie<'a>(fields: &[&'a str], name: &str) -> Result<Option<&'a str>, Error> {
    let mut found = None;
    for pair in fields.iter().flat_map(|field| field.split(';')) {
        let Some((other, value)) = pair.split_once('=') else { continue };
        if other.trim_matches([' ', '\t']) != name {
            continue;
        }
        if found.replace(value.trim_matches([' ', '\t'])).is_some() {
            return Err(RequestReason::Repeated.into());
        }
    }
    match found {
        None | Some("") => Ok(None),
        Some(token) if is_token68(token) => Ok(Some(token)),
        Some(_) => Err(RequestReason::Credentials.into()),
    }
}

/// The access token among the subprotocols of a WebSocket (RFC 6455 §11.3.4), where a page offers
/// `[name, token]`, since it cannot set header fields. `None`: `name` is not offered. Answer with `name` alone.
///
/// # Errors
/// [`Error::RequestInvalid`] where `name` is offered and is not followed by a token and by nothing else.
///
/// # Example
/// ```
/// use countersign::resource_server::from_websocket;
///
/// assert_eq!(from_websocket(&["access-token, abc"], "access-token")?, Some("abc"));
/// assert_eq!(from_websocket(&["chat, superchat"], "access-token")?, None);
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn from_websocket<'a>(fields: &[&'a str], name: &str) -> Result<Option<&'a str>, Error> {
    let mut offered = fields.iter().flat_map(|field| field.split(',')).map(|offer| offer.trim_matches([' ', '\t']));
    if !offered.clone().any(|offer| offer == name) {
        return Ok(None);
    }
    match (offered.next(), offered.next(), offered.next()) {
        (Some(first), Some(token), None) if first == name && is_token68(token) => Ok(Some(token)),
        _ => Err(RequestReason::Credentials.into()),
    }
}

/// The schemes whose credentials are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// Whoever has the token may use it (RFC 6750).
    Bearer,
    /// The token comes with a proof of possession (RFC 9449).
    DPoP,
}

impl Scheme {
    fn of(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("bearer") {
            return Some(Self::Bearer);
        }
        name.eq_ignore_ascii_case("dpop").then_some(Self::DPoP)
    }
}

/// The field, if there is one, and it says something.
fn only<'a>(fields: &[&'a str]) -> Result<Option<&'a str>, Error> {
    match fields {
        [] => Ok(None),
        [field] if field.bytes().all(|byte| matches!(byte, b' ' | b'\t')) => Ok(None),
        [field] if field.len() > MAX_FIELD => Err(RequestReason::TooLarge.into()),
        [field] => Ok(Some(field)),
        _ => Err(RequestReason::Repeated.into()),
    }
}

fn begins_with_ours(credentials: &str) -> bool {
    let credentials = credentials.trim_start_matches([' ', '\t']);
    Scheme::of(credentials.split([' ', '\t']).next().unwrap_or_default()).is_some()
}

/// `tchar` of RFC 9110 §5.6.2
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The bytes of a `b64token`, as a table: all of each request's token is looked up.
static TOKEN68: [bool; 128] = {
    let mut table = [false; 128];
    let mut rest: &mut [bool] = &mut table;
    let mut byte = 0_u8;
    while let [slot, others @ ..] = rest {
        *slot = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        byte = byte.wrapping_add(1);
        rest = others;
    }
    table
};

/// `b64token` of RFC 6750 §2.1
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| TOKEN68.get(usize::from(byte)) == Some(&true))
}

impl From<RequestReason> for Error {
    fn from(reason: RequestReason) -> Self {
        Self::RequestInvalid(reason)
    }
}
