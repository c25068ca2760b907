//! Whether the address of a page holds an authorization response of this client's. Others use the same parameters.

use alloc::string::String;

use crate::encoding::form;

/// What brought the browser to this address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The response to the sign-in with this `state`. It goes to the client, and out of the address.
    Response(String),
    /// A response of this client's server to a sign-in that is not known here: it came too late, a second time, or in
    /// another browser. It goes out of the address.
    Stray,
    /// Anything else, which stays where it is.
    Other,
}

/// Judges the address of a page. `states` are those of the sign-ins under way in this browser.
///
/// Without a known `state`, only `iss` (RFC 9207) at the redirect URI tells that a response is this client's.
pub fn arrival(address: &str, redirect_uri: &str, issuer: &str, states: &[&str]) -> Arrival {
    let address = before(address, '#');
    let Ok(parameters) = form::parse(address.split_once('?').map_or("", |(_, query)| query)) else {
        return Arrival::Other;
    };
    let only = |name: &str| {
        let mut values = parameters.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    };
    let is_response = only("code").is_some() != only("error").is_some();
    match only("state") {
        Some(state) if is_response && states.contains(&state) => Arrival::Response(state.into()),
        Some(_)
            if is_response
                && only("iss") == Some(issuer)
                && before(address, '?') == before(before(redirect_uri, '#'), '?') =>
        {
            Arrival::Stray
        }
        _ => Arrival::Other,
    }
}

fn before(text: &str, mark: char) -> &str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example/";
    const ISS: &str = "iss=https%3A%2F%2Fid.example%2F";

    fn at(address: &str) -> Arrival {
        arrival(address, "https://app.example/", ISSUER, &["one", "t w/o"])
    }

    #[test]
    fn a_response_has_a_known_state() {
        for query in [
            "code=c&state=one",
            "state=one&code=c#x",
            "x=1&state=one&error=access_denied&error_description=no",
            "code=&state=one",
            "code=c&state=one&iss=https://evil.example/", // The client says what is wrong with it.
        ] {
            assert_eq!(at(&["https://app.example/any?", query].concat()), Arrival::Response("one".into()), "{query}");
        }
        assert_eq!(at("https://app.example/?code=c&state=t+w%2Fo"), Arrival::Response("t w/o".into()));
    }

    #[test]
    fn what_others_use_stays() {
        for query in [
            "",
            "code=c",
            "state=one",
            "code=c&state=two",
            "code=c&state=one&state=one",
            "code=c&code=d&state=one",
            "code=c&error=e&state=one",
            "code=c&state=One",
            "#code=c&state=one",
            "code=c&state=",
            "code=%zz&state=one",
            "code=c&state=two&iss=https://id.example",
        ] {
            assert_eq!(at(&["https://app.example/?", query].concat()), Arrival::Other, "{query}");
        }
    }

    #[test]
    fn a_stray_response_names_the_issuer_at_the_redirect_uri() {
        let found = |place: &str, query: &str| at(&[place, "?", query, "&", ISS].concat());
        assert_eq!(found("https://app.example/", "code=c&state=two"), Arrival::Stray);
        assert_eq!(found("https://app.example/", "error=e&state=two"), Arrival::Stray);
        assert_eq!(found("https://app.example/", "state=two"), Arrival::Other);
        assert_eq!(found("https://app.example/", "code=c"), Arrival::Other);
        assert_eq!(found("https://app.example/other", "code=c&state=two"), Arrival::Other);
        assert_eq!(found("https://app.example/", &["code=c&state=two&", ISS].concat()), Arrival::Other);
    }
}
