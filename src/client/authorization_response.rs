//! The authorization response (RFC 6749 §4.1.2, RFC 9207).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;

use crate::client::transaction::Transaction;
use crate::encoding::form;
use crate::encoding::unique;
use crate::encoding::url::split_scheme;
use crate::error::{Error, ResponseReason};

/// Reads what the browser came back with and returns the authorization code.
///
/// `response` is the whole URL; or its query alone, with or without `?`; or the body of the form that came in
/// its place (`response_mode=form_post`). What begins with a scheme is a URL, and must be the redirect URI.
/// Without a URL, it is your router that has looked at the address.
///
/// `now` is in seconds since the epoch. Use a transaction once: delete it before the code is exchanged.
///
/// # Errors
/// By the order of the checks: [`Error::TransactionExpired`]; [`Error::AuthorizationResponseInvalid`] when
/// a URL is not the redirect URI, repeats a parameter, or lacks `state` or `code`;
/// [`Error::StateMismatch`]; [`Error::ResponseIssuerMismatch`] when `iss` is another server's or is
/// missing though the server promised it; [`Error::AuthorizationError`] with what the server reported.
pub fn parse_authorization_response(response: &str, transaction: &Transaction, now: u64) -> Result<String, Error> {
    if now >= transaction.expires_at {
        return Err(Error::TransactionExpired);
    }
    let parameters = parameters(response, &transaction.redirect_uri)?;
    let value = |name: &str| parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let invalid = |fault| Err(Error::AuthorizationResponseInvalid(fault));

    let Some(state) = value("state") else { return invalid(ResponseReason::StateMissing) };
    if !bool::from(state.as_bytes().ct_eq(transaction.state.as_bytes())) {
        return Err(Error::StateMismatch);
    }
    match value("iss") {
        Some(issuer) if issuer == transaction.issuer => {}
        None if !transaction.require_issuer => {}
        _ => return Err(Error::ResponseIssuerMismatch { expected: transaction.issuer.clone() }),
    }
    match (value("code"), value("error")) {
        (Some(_), Some(_)) => invalid(ResponseReason::CodeAndError),
        (None, Some(error)) => Err(Error::AuthorizationError {
            error: printable(error),
            description: value("error_description").map(printable),
        }),
        (Some(code), None) if !code.is_empty() => Ok(code.to_owned()),
        _ => invalid(ResponseReason::CodeMissing),
    }
}

/// Another parameter of an authorization response that was accepted: Apple sends the user's name as `user`, at the first
/// sign-in alone, and beside what it signs. So it is what the browser says.
///
/// # Errors
/// [`Error::AuthorizationResponseInvalid`] when the response is no query and no form, or repeats a parameter.
pub fn callback_parameter(response: &str, name: &str) -> Result<Option<String>, Error> {
    let parameters = parameters(response, before(before(response, '#'), '?'))?;
    Ok(parameters.into_iter().find(|(other, _)| other == name).map(|(_, value)| value))
}

/// The `state` of an authorization response, to find its transaction by, where several sign-ins may be under way.
///
/// `response` is as for [`parse_authorization_response`], which then compares all of it. Nothing of it is believed yet.
///
/// # Errors
/// [`Error::AuthorizationResponseInvalid`] when it is no query and no form, repeats a parameter, or lacks `state`.
///
/// # Example
/// ```
/// use countersign::client::callback_state;
///
/// assert_eq!(callback_state("code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")?, "af0ifjsldkj");
/// assert!(callback_state("state=af0ifjsldkj&state=af0ifjsldkj").is_err());
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn callback_state(response: &str) -> Result<String, Error> {
    callback_parameter(response, "state")?.ok_or(Error::AuthorizationResponseInvalid(ResponseReason::StateMissing))
}

fn parameters(response: &str, redirect_uri: &str) -> Result<Vec<(String, String)>, Error> {
    let invalid = Error::AuthorizationResponseInvalid;
    let parse = |form| form::parse(form).map_err(|_| invalid(ResponseReason::Encoding));
    let response = before(response, '#');
    // Forms have `%3A` and `%2F` for these characters, so that neither is one.
    let address = response.starts_with('/') || split_scheme(response).is_some();
    let query = if address { after(response, '?') } else { response.strip_prefix('?').unwrap_or(response) };
    if address && !same_place(before(response, '?'), before(redirect_uri, '?')) {
        return Err(invalid(ResponseReason::Url));
    }
    // A host without its scheme, say, would hide the first parameter in a name of its own.
    if !address && !query.is_empty() && !is_name(before(before(query, '&'), '=')) {
        return Err(invalid(ResponseReason::Url));
    }
    let parameters = parse(query)?;
    let mut names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    if !unique::all_unique_by(&mut names, |name| *name) {
        return Err(invalid(ResponseReason::Repeated));
    }
    if address && parse(after(redirect_uri, '?'))?.iter().any(|own| !parameters.contains(own)) {
        return Err(invalid(ResponseReason::Url));
    }
    Ok(parameters)
}

/// The query of a URL, or of a path. What is none is a query, or a form, already.
pub(super) fn query_of(response: &str) -> &str {
    let is_address = response.starts_with('/') || split_scheme(response).is_some();
    if is_address { after(before(response, '#'), '?') } else { response }
}

/// Whether one is the other, neither with a query. A browser writes `https://app.example` as
/// `https://app.example/`, and some systems do so with `myapp://cb`.
fn same_place(came_to: &str, redirect_uri: &str) -> bool {
    let without_path = split_scheme(redirect_uri)
        .and_then(|(_, rest)| rest.strip_prefix("//"))
        .is_some_and(|rest| !rest.contains('/'));
    came_to == redirect_uri || (without_path && came_to.strip_suffix('/') == Some(redirect_uri))
}

/// Whether the text can be the name of a response's first parameter: what servers use, escaped or not.
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'%' | b'+' | b'~'))
}

fn before(text: &str, mark: char) -> &str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}

fn after(text: &str, mark: char) -> &str {
    text.split_once(mark).map_or("", |(_, after)| after)
}

/// The server's own words, cut to what RFC 6749 §4.1.2.1 allows in them and to a sane length.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|letter| (' '..='~').contains(letter)).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction() -> Transaction {
        Transaction { redirect_uri: "https://app.example/cb?x=1".into(), ..Transaction::example() }
    }

    fn parse(query: &str) -> Result<String, Error> {
        let url = alloc::format!("https://app.example/cb?x=1&{query}");
        parse_authorization_response(&url, &transaction(), 99)
    }

    #[test]
    fn a_good_response_gives_the_code() {
        assert_eq!(parse("code=abc&state=s"), Ok("abc".into()));
        assert_eq!(parse("code=a%2Fb&state=s&iss=https%3A%2F%2Fid.example#"), Ok("a/b".into()));
    }

    #[test]
    fn an_address_without_its_scheme_is_no_form() {
        for response in [
            "app.example/cb?iss=https%3A%2F%2Fevil.example&code=a&state=s",
            "evil.example/x?iss=https%3A%2F%2Fevil.example&code=a&state=s",
            " https://evil.example/x?iss=a&code=a&state=s",
            "../cb?iss=a&code=a&state=s",
            "cb?error=access_denied&code=a&state=s",
            "\u{feff}?iss=a&code=a&state=s",
            "??code=a&state=s",
        ] {
            let answer = parse_authorization_response(response, &transaction(), 99);
            assert!(matches!(answer, Err(Error::AuthorizationResponseInvalid(_))), "{response}: {answer:?}");
        }
        for response in
            ["?code=a&state=s", "code=a&state=s", "session_state=x.y&code=a&state=s", "a%20b=c&code=a&state=s"]
        {
            assert_eq!(parse_authorization_response(response, &transaction(), 99), Ok("a".into()), "{response}");
        }
    }

    #[test]
    fn bad_responses_are_named() {
        let invalid = |fault| Err(Error::AuthorizationResponseInvalid(fault));
        let other_issuer = Err(Error::ResponseIssuerMismatch { expected: "https://id.example".into() });
        assert_eq!(parse("code=abc"), invalid(ResponseReason::StateMissing));
        assert_eq!(parse("state=s"), invalid(ResponseReason::CodeMissing));
        assert_eq!(parse("state=s&code="), invalid(ResponseReason::CodeMissing));
        assert_eq!(parse("state=t&code=abc"), Err(Error::StateMismatch));
        assert_eq!(parse("state=&code=abc"), Err(Error::StateMismatch));
        assert_eq!(parse("state=s&code=abc&code=def"), invalid(ResponseReason::Repeated));
        assert_eq!(parse("state=s&state=s&code=abc"), invalid(ResponseReason::Repeated));
        assert_eq!(parse("state=s&code=abc&%73tate=t"), invalid(ResponseReason::Repeated));
        assert_eq!(parse("state=s&code=%zz"), invalid(ResponseReason::Encoding));
        assert_eq!(parse("state=s&code=abc&iss=https://evil.example"), other_issuer);
        assert_eq!(parse("state=s&code=abc&error=x"), invalid(ResponseReason::CodeAndError));
        assert_eq!(
            parse("state=s&error=access_denied&error_description=no%0A%3Cb%3E"),
            Err(Error::AuthorizationError { error: "access_denied".into(), description: Some("no<b>".into()) })
        );
    }

    #[test]
    fn an_error_of_another_server_is_a_mix_up_and_not_an_error() {
        assert!(matches!(
            parse("state=s&error=access_denied&iss=https://evil.example"),
            Err(Error::ResponseIssuerMismatch { .. })
        ));
    }

    #[test]
    fn the_url_must_be_the_redirect_uri() {
        let at = |url: &str| parse_authorization_response(url, &transaction(), 0);
        for url in [
            "https://evil.example/cb?x=1&code=a&state=s",
            "https://app.example/other?x=1&code=a&state=s",
            "https://app.example/cb/?x=1&code=a&state=s",
            "https://app.example/cb?code=a&state=s",
            "https://app.example/cb?x=2&code=a&state=s",
            "/cb?x=1&code=a&state=s",
            "//app.example/cb?x=1&code=a&state=s",
            "javascript:code=a&state=s",
            "x:code=a&state=s",
        ] {
            assert_eq!(at(url), Err(Error::AuthorizationResponseInvalid(ResponseReason::Url)), "{url}");
        }
    }

    #[test]
    fn a_query_or_a_form_suffices() {
        let read = |response: &str| parse_authorization_response(response, &transaction(), 0);
        let invalid = |fault| Err(Error::AuthorizationResponseInvalid(fault));
        for response in [
            "code=a%2Fb&state=s",
            "?code=a%2Fb&state=s",
            "?x=1&code=a%2Fb&state=s",
            "state=s&code=a/b&iss=https://id.example",
            "?code=a%2Fb&state=s#",
            "&state=s&&code=a%2fb&user=%7B%22name%22%3A%22A+B%22%7D&",
        ] {
            assert_eq!(read(response), Ok("a/b".into()), "{response}");
        }
        for response in ["", "?", "#", "x", "?code=a"] {
            assert_eq!(read(response), invalid(ResponseReason::StateMissing), "{response}");
        }
        for response in ["??state=s&code=a", "callback?state=s&code=a"] {
            assert_eq!(read(response), invalid(ResponseReason::Url), "{response}");
        }
        assert_eq!(read("code=a&state=s&code=a"), invalid(ResponseReason::Repeated));
        assert_eq!(read("?code=a&state=s&%73tate=s"), invalid(ResponseReason::Repeated));
        assert_eq!(read("code=a&state=t"), Err(Error::StateMismatch));
        assert_eq!(read("code=%ff&state=s"), invalid(ResponseReason::Encoding));
        assert!(matches!(
            read("code=a&state=s&iss=https%3A%2F%2Fevil.example"),
            Err(Error::ResponseIssuerMismatch { .. })
        ));
        assert_eq!(
            read("state=s&error=user_cancelled_authorize"),
            Err(Error::AuthorizationError { error: "user_cancelled_authorize".into(), description: None })
        );
    }

    #[test]
    fn the_state_is_found_before_its_transaction_is() {
        for response in ["state=s&code=a", "?code=a&state=s", "https://app.example/cb?code=a&state=s#", "state=%73"] {
            assert_eq!(callback_state(response), Ok("s".into()), "{response}");
        }
        let invalid = |fault| Err(Error::AuthorizationResponseInvalid(fault));
        assert_eq!(callback_state("state=s&state=t"), invalid(ResponseReason::Repeated));
        assert_eq!(callback_state("code=a&code=b&state=s"), invalid(ResponseReason::Repeated));
        assert_eq!(callback_parameter("state=s&user=%7B%7D", "user"), Ok(Some("{}".into())));
        assert_eq!(callback_parameter("state=s", "user"), Ok(None));
        assert_eq!(callback_state("code=a"), invalid(ResponseReason::StateMissing));
        assert_eq!(callback_state("app.example/cb?state=s"), invalid(ResponseReason::Url));
    }

    #[test]
    fn an_app_comes_back_to_its_own_scheme() {
        let read = |redirect_uri: &str, response: &str| {
            let transaction = Transaction { redirect_uri: redirect_uri.into(), ..transaction() };
            parse_authorization_response(response, &transaction, 0)
        };
        for (redirect_uri, response) in [
            ("myapp://cb", "myapp://cb?code=a&state=s"),
            ("myapp://cb", "myapp://cb/?code=a&state=s"),
            ("com.example.app:/cb", "com.example.app:/cb?code=a&state=s"),
            ("https://app.example", "https://app.example/?code=a&state=s"),
        ] {
            assert_eq!(read(redirect_uri, response), Ok("a".into()), "{response}");
        }
        for (redirect_uri, response) in [
            ("myapp://cb", "myapp://cc?code=a&state=s"),
            ("myapp://cb", "yourapp://cb?code=a&state=s"),
            ("myapp://cb", "myapp://cb//?code=a&state=s"),
            ("myapp://cb/x", "myapp://cb/x/?code=a&state=s"),
            ("com.example.app:/cb", "com.example.app:/cb/?code=a&state=s"),
        ] {
            let invalid = Err(Error::AuthorizationResponseInvalid(ResponseReason::Url));
            assert_eq!(read(redirect_uri, response), invalid, "{response}");
        }
    }

    #[test]
    fn a_promised_issuer_must_be_there_and_time_runs_out() {
        let url = "https://app.example/cb?x=1&code=a&state=s";
        let strict = Transaction { require_issuer: true, ..transaction() };
        assert!(matches!(parse_authorization_response(url, &strict, 0), Err(Error::ResponseIssuerMismatch { .. })));
        assert_eq!(parse_authorization_response(url, &transaction(), 100), Err(Error::TransactionExpired));
    }
}
