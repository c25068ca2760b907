//! Signing out.

use super::{NOW, client, secret, server, signed};
use crate::client::{Client, LogoutParams, LogoutToken, Server, check_logout_response};
use crate::encoding::form;
use crate::error::{Error, ResponseReason};

fn read(header: &str, claims: &str) -> Result<LogoutToken, Error> {
    let client = client();
    let verifier = client.logout_token_verifier().keys(secret()).build().unwrap();
    let claims = claims.replace('$', r#""iss":"https://id.example","aud":"app","iat":1800000000,"exp":1800000100"#);
    let claims = claims.replace('@', r#""events":{"http://schemas.openid.net/event/backchannel-logout":{}}"#);
    client.verify_logout_token(&verifier, &signed(header, &claims), NOW)
}

const TYP: &str = r#","typ":"logout+jwt""#;

#[test]
fn a_logout_token_names_a_session_or_a_user() {
    let both = read(TYP, r#"{$,@,"jti":"j","sub":"alice","sid":"s"}"#).unwrap();
    assert_eq!((both.subject.as_deref(), both.session_id.as_deref()), (Some("alice"), Some("s")));
    assert_eq!((both.jti.as_str(), both.issued_at, both.expires_at), ("j", NOW, NOW + 100));
    let five_minutes =
        r#"{"iss":"https://id.example","aud":"app","iat":1799999700,"exp":1900000000,@,"jti":"j","sub":"a"}"#;
    assert_eq!(read(TYP, five_minutes).unwrap().issued_at, NOW - 300);
    assert_eq!(read(TYP, r#"{$,@,"jti":"j","sid":"s"}"#).unwrap().subject, None);
    assert_eq!(read(TYP, r#"{$,@,"jti":"j","sub":"a"}"#).unwrap().session_id, None);
}

#[test]
fn what_is_no_logout_token_ends_nothing() {
    for (header, claims, code, claim) in [
        ("", r#"{$,@,"jti":"j","sub":"a"}"#, "typ_mismatch", None),
        (r#","typ":"JWT""#, r#"{$,@,"jti":"j","sub":"a"}"#, "typ_mismatch", None),
        (TYP, r#"{$,@,"jti":"j"}"#, "claim_missing", Some("sub")),
        (TYP, r#"{$,@,"sub":"a"}"#, "claim_missing", Some("jti")),
        (TYP, r#"{$,@,"sub":"a","jti":""}"#, "claim_invalid", Some("jti")),
        (TYP, r#"{$,@,"sub":"a","jti":7}"#, "claim_invalid", Some("jti")),
        (TYP, r#"{$,@,"jti":"j","sub":"a","sid":7}"#, "claim_invalid", Some("sid")),
        (TYP, r#"{$,@,"jti":"j","sub":"","sid":"s"}"#, "claim_invalid", Some("sub")),
        (TYP, r#"{$,"jti":"j","sub":"a"}"#, "claim_missing", Some("events")),
        (TYP, r#"{$,"events":{},"jti":"j","sub":"a"}"#, "claim_invalid", Some("events")),
        (TYP, r#"{$,"events":[],"jti":"j","sub":"a"}"#, "claim_invalid", Some("events")),
        (
            TYP,
            r#"{$,"events":{"http://schemas.openid.net/event/backchannel-logout":1},"jti":"j","sub":"a"}"#,
            "claim_invalid",
            Some("events"),
        ),
        (TYP, r#"{$,@,"jti":"j","sub":"a","nonce":"n"}"#, "claim_invalid", Some("nonce")),
        (TYP, r#"{$,@,"jti":"j","sub":"a","nonce":null}"#, "claim_invalid", Some("nonce")),
        (
            TYP,
            r#"{"iss":"https://id.example","aud":"app","iat":1,@,"jti":"j","sub":"a"}"#,
            "claim_missing",
            Some("exp"),
        ),
        (
            TYP,
            r#"{"iss":"https://id.example","aud":"app","exp":1,@,"jti":"j","sub":"a"}"#,
            "token_expired",
            Some("exp"),
        ),
        (
            TYP,
            r#"{"iss":"https://id.example","aud":"app","iat":1799999669,"exp":1800000100,@,"jti":"j","sub":"a"}"#,
            "token_too_old",
            Some("iat"),
        ),
        (
            TYP,
            r#"{"iss":"https://id.example","aud":"app","iat":1800000031,"exp":1800000100,@,"jti":"j","sub":"a"}"#,
            "token_not_yet_valid",
            Some("iat"),
        ),
        (TYP, r#"{"iss":"x","aud":"app","exp":1,@,"jti":"j","sub":"a"}"#, "issuer_mismatch", Some("iss")),
        (TYP, r#"{"iss":"https://id.example","aud":"b","exp":1,@,"jti":"j"}"#, "audience_mismatch", Some("aud")),
    ] {
        let error = read(header, claims).unwrap_err();
        assert_eq!((error.code().as_str(), error.claim()), (code, claim), "{header} {claims}");
    }
}

#[test]
fn the_way_to_sign_out_at_the_server() {
    let mut params = LogoutParams {
        id_token_hint: Some("e30.e30.AA".into()),
        post_logout_redirect_uri: Some("https://app.example/bye".into()),
        state: None,
        params: alloc::vec![("ui_locales".into(), "de".into())],
        ..LogoutParams::default()
    };
    let client = client();
    let logout = client.logout_url(&params, &[7; 32]).unwrap();
    let state = logout.state.clone().unwrap();
    let query = logout.url.strip_prefix("https://id.example/end?").unwrap();
    let expected = [
        ("id_token_hint", "e30.e30.AA"),
        ("client_id", "app"),
        ("post_logout_redirect_uri", "https://app.example/bye"),
        ("state", &state),
        ("ui_locales", "de"),
    ];
    assert_eq!(form::parse(query).unwrap(), expected.map(|(name, value)| (name.into(), value.into())));
    assert_eq!(
        client.logout_url(&LogoutParams::default(), &[7; 32]).unwrap().url,
        "https://id.example/end?client_id=app"
    );
    assert!(!alloc::format!("{params:?} {logout:?}").contains("e30"));
    params.state = Some(String::new());
    let stateless = client.logout_url(&params, &[7; 32]).unwrap();
    assert!(stateless.state.is_none() && !stateless.url.contains("state="), "{}", stateless.url);

    let option = |params: &LogoutParams| client.logout_url(params, &[7; 32]).err().map(|error| error.option);
    for name in ["state", "client_id", "id_token_hint", "post_logout_redirect_uri", ""] {
        params.params = alloc::vec![(name.into(), "x".into())];
        assert_eq!(option(&params), Some("params"), "{name}");
    }
    params.post_logout_redirect_uri = Some("javascript:alert(1)".into());
    assert_eq!(option(&params), Some("post_logout_redirect_uri"));
    let nowhere = Client::builder(Server { end_session_endpoint: None, ..server() }, "app").build().unwrap();
    let error = nowhere.logout_url(&LogoutParams::default(), &[7; 32]).unwrap_err();
    assert_eq!(error.option, "end_session_endpoint");
    let queried = Server { end_session_endpoint: Some("https://id.example/end?x=1".into()), ..server() };
    let queried = Client::builder(queried, "app").build().unwrap();
    let url = queried.logout_url(&LogoutParams::default(), &[7; 32]).unwrap().url;
    assert_eq!(url, "https://id.example/end?x=1&client_id=app");
}

#[test]
fn who_comes_back_was_sent() {
    let invalid = |reason| Err(Error::AuthorizationResponseInvalid(reason));
    assert_eq!(check_logout_response("?state=s&x=y", "s"), Ok(()));
    assert_eq!(check_logout_response("state=t", "s"), Err(Error::StateMismatch));
    assert_eq!(check_logout_response("", "s"), invalid(ResponseReason::StateMissing));
    assert_eq!(check_logout_response("state=s&state=s", "s"), invalid(ResponseReason::Repeated));
    assert_eq!(check_logout_response("state=%zz", "s"), invalid(ResponseReason::Encoding));
}
