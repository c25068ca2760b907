//! Where tokens are in requests, and texts that are none.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{Error, RequestReason};
use crate::resource_server::{Guard, TokenSource, from_authorization, from_cookie, from_header, from_websocket};

#[test]
fn authorization_is_absent_or_one_token_or_refused() {
    let repeated = Err(RequestReason::Repeated.into());
    let broken = Err(RequestReason::Credentials.into());
    for (fields, expected) in [
        (&[][..], Ok(None)),
        (&[""], Ok(None)),
        (&[" \t"], Ok(None)),
        (&["Basic YTpi"], Ok(None)),
        (&["Digest username=\"a\", realm=\"b\""], Ok(None)),
        (&["Bearer abc"], Ok(Some("abc"))),
        (&["bEARER   a.b-c_d~e+f/g=="], Ok(Some("a.b-c_d~e+f/g=="))),
        (&["Bearer"], broken.clone()),
        (&["Bearer "], broken.clone()),
        (&["Bearer abc "], broken.clone()),
        (&["Bearer abc x"], broken.clone()),
        (&["Bearer\tabc"], broken.clone()),
        (&["Bearer abc, Bearer def"], broken.clone()),
        (&["Bearer ="], broken.clone()),
        (&["Bearer a=b"], broken.clone()),
        (&["Bearer \u{e9}"], broken.clone()),
        (&["\"Bearer\" abc"], broken.clone()),
        (&["Basic YTpi, Bearer abc"], repeated.clone()),
        (&["Basic YTpi,\tdpop abc"], repeated.clone()),
        (&["Bearer abc", "Bearer abc"], repeated.clone()),
        (&["Basic YTpi", "Bearer abc"], repeated),
        (&["DPoP abc"], Err(Error::SchemeUnsupported)),
        (&["DPoP"], broken),
    ] {
        assert_eq!(from_authorization(fields), expected, "{fields:?}");
    }
    let long = ["Bearer ", &"a".repeat(80_000)].concat();
    assert_eq!(from_authorization(&[&long]), Err(RequestReason::TooLarge.into()));
}

#[test]
fn other_places_have_one_token_or_none() {
    let repeated = Err(RequestReason::Repeated.into());
    let broken = Err(RequestReason::Credentials.into());
    assert_eq!(from_header(&["a.b.c"]), Ok(Some("a.b.c")));
    assert_eq!((from_header(&[]), from_header(&[""])), (Ok(None), Ok(None)));
    assert_eq!((from_header(&["a", "a"]), from_header(&["a, a"])), (repeated.clone(), broken.clone()));

    for (fields, expected) in [
        (&[][..], Ok(None)),
        (&["t="], Ok(None)),
        (&["tt=a; xt=b; T=c; t"], Ok(None)),
        (&["a=1; t=abc; b=2"], Ok(Some("abc"))),
        (&["a=1", "t=abc="], Ok(Some("abc="))),
        (&["t=a; t=a"], repeated.clone()),
        (&["t=a", " t = b"], repeated),
        (&["t=\"abc\""], broken.clone()),
        (&["t=a b"], broken.clone()),
    ] {
        assert_eq!(from_cookie(fields, "t"), expected, "{fields:?}");
    }
    for (fields, expected) in [
        (&[][..], Ok(None)),
        (&["chat, superchat"], Ok(None)),
        (&["t, abc"], Ok(Some("abc"))),
        (&["t", "abc"], Ok(Some("abc"))),
        (&["t"], broken.clone()),
        (&["abc, t"], broken.clone()),
        (&["t, abc, chat"], broken.clone()),
        (&["t, "], broken),
    ] {
        assert_eq!(from_websocket(fields, "t"), expected, "{fields:?}");
    }
}

#[test]
fn a_field_that_a_proxy_sets_is_as_good_as_a_cookie_and_no_better() {
    let guard = Guard::builder().resource("https://api.example").build().unwrap();
    for (source, is_ambient) in [
        (TokenSource::header("X-Token"), false),
        (TokenSource::header("Cf-Access-Jwt-Assertion"), true),
        (TokenSource::proxy_header("X-Session-Token"), true),
        (TokenSource::cookie("t"), true),
    ] {
        let sources = [source.unwrap()];
        let field = sources[0].field();
        let value = if field == "cookie" { "t=abc" } else { "abc" };
        let ask = |method, origin: &'static str| {
            let values = |name: &str| match name {
                "origin" => Vec::from([Cow::Borrowed(origin)]),
                _ if name == field => Vec::from([Cow::Borrowed(value)]),
                _ => Vec::new(),
            };
            guard.access_token(&sources, method, values)
        };
        let found = Ok(Some("abc".to_string()));
        assert_eq!(ask("GET", "https://evil.example"), found, "{field}");
        assert_eq!(ask("POST", "https://api.example"), found, "{field}");
        let refused = if is_ambient { Err(Error::CsrfRefused) } else { found };
        assert_eq!(ask("POST", "https://evil.example"), refused, "{field}");
    }
    assert_eq!(TokenSource::proxy_header("Cookie").unwrap_err().option, "header");
}

/// Any text is answered, and what is a token is a part of it.
#[test]
fn no_header_field_is_beyond_an_answer() {
    let mut random = crate::random::Random::new(9);
    let pieces =
        ["Bearer", "DPoP", "Basic", " ", "\t", ",", "=", ";", "t", "abc", "\u{e9}", "\0", "\"", "\u{1f980}", "a.b.c"];
    for _ in 0..100_000 {
        let mut field = String::new();
        for _ in 0..random.below(8) {
            field.push_str(pieces[random.below(pieces.len())]);
        }
        let fields = [field.as_str()];
        let found = [
            from_authorization(&fields),
            from_header(&fields),
            from_cookie(&fields, "t"),
            from_websocket(&fields, "t"),
        ];
        for token in found.into_iter().flatten().flatten() {
            assert!(!token.is_empty() && field.contains(token) && token.is_ascii() && !token.contains([' ', ',', ';']));
        }
    }
}
