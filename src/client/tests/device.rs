//! Signing in on another device, on a clock that the test moves.

use super::{NOW, client, field};
use crate::client::{DeviceAuthorization, DeviceStep, HttpResponse};
use crate::error::{Error, ServerResponseReason, TokenResponseReason, UnavailableReason};

const GOOD: &str =
    r#"{"device_code":"d","user_code":"u","verification_uri":"https://id.example/go","expires_in":600,"interval":5}"#;

fn begin(body: &str) -> Result<DeviceAuthorization, Error> {
    client().device_response(&HttpResponse::new(200, body.as_bytes()), &[7; 32], NOW)
}

fn answer(device: &mut DeviceAuthorization, status: u16, body: &str, now: u64) -> Result<bool, Error> {
    device.response(&client(), &HttpResponse::new(status, body.as_bytes()), now).map(|tokens| tokens.is_some())
}

#[test]
fn the_codes_are_asked_for() {
    let request = client().device_request(Some("openid"), &[("x", "y")], &[1; 32], NOW).unwrap().request().unwrap();
    assert_eq!(request.url, "https://id.example/device");
    assert_eq!(request.body.as_deref(), Some("scope=openid&x=y&client_id=app"));
    for name in ["", "scope", "client_id", "client_secret", "client_assertion", "client_assertion_type"] {
        let error = client().device_request(None, &[(name, "y")], &[1; 32], NOW).unwrap_err();
        assert_eq!(error.option, "params", "{name}");
    }
}

#[test]
fn the_server_sets_the_pace() {
    let mut device = begin(GOOD).unwrap();
    assert_eq!(device.next(NOW), DeviceStep::Wait { seconds: 5 });
    assert_eq!(device.next(NOW + 5), DeviceStep::Ask);
    let request = client().device_token_request(&mut device, NOW + 5).unwrap().request().unwrap();
    assert_eq!(field(&request, "grant_type").as_deref(), Some("urn:ietf:params:oauth:grant-type:device_code"));
    assert_eq!(field(&request, "device_code").as_deref(), Some("d"));
    // The request is under way.
    assert_eq!(device.next(NOW + 6), DeviceStep::Wait { seconds: 4 });
    let pending = r#"{"error":"authorization_pending"}"#;
    assert_eq!(answer(&mut device, 400, pending, NOW + 7), Ok(false));
    assert_eq!(device.next(NOW + 7), DeviceStep::Wait { seconds: 5 });
    assert_eq!(answer(&mut device, 400, r#"{"error":"slow_down"}"#, NOW + 12), Ok(false));
    assert_eq!(device.next(NOW + 12), DeviceStep::Wait { seconds: 10 });
    assert_eq!(answer(&mut device, 400, pending, NOW + 22), Ok(false));
    assert_eq!(device.next(NOW + 22), DeviceStep::Wait { seconds: 10 });
    assert_eq!(answer(&mut device, 503, "<html>", NOW + 32), Ok(false));
    assert_eq!(device.next(NOW + 32), DeviceStep::Wait { seconds: 15 });
    device.failed(NOW + 50);
    assert_eq!(device.next(NOW + 50), DeviceStep::Wait { seconds: 20 });
    assert_eq!(answer(&mut device, 200, r#"{"access_token":"a","token_type":"Bearer"}"#, NOW + 70), Ok(true));
    assert_eq!(device.next(NOW + 599), DeviceStep::Ask);
    assert_eq!(device.next(NOW + 600), DeviceStep::Expired);
    for _ in 0..100 {
        device.failed(NOW);
    }
    assert_eq!(device.next(NOW), DeviceStep::Wait { seconds: 300 });
}

#[test]
fn a_clock_that_is_set_back_keeps_nobody_waiting() {
    let mut device = begin(GOOD).unwrap();
    assert_eq!(device.next(NOW - 5), DeviceStep::Wait { seconds: 10 });
    let past = NOW - 86_400 * 365;
    assert_eq!(device.next(past), DeviceStep::Ask);
    client().device_token_request(&mut device, past).unwrap();
    assert_eq!(device.next(past), DeviceStep::Wait { seconds: 5 });
}

#[test]
fn a_decision_ends_the_waiting() {
    let mut device = begin(GOOD).unwrap();
    for error in ["access_denied", "expired_token", "invalid_grant"] {
        let body = alloc::format!(r#"{{"error":"{error}"}}"#);
        let expected = Err(Error::TokenEndpointError { error: error.into(), description: None });
        assert_eq!(answer(&mut device, 400, &body, NOW), expected);
    }
    let nonsense = answer(&mut device, 200, "<html>", NOW);
    assert_eq!(nonsense, Err(Error::TokenResponseInvalid(TokenResponseReason::Json)));
}

#[test]
fn each_question_has_an_identifier_of_its_own() {
    let mut device = begin(GOOD).unwrap();
    let client = super::builder()
        .authentication(crate::client::ClientAuthentication::SecretJwt(super::secret()))
        .build()
        .unwrap();
    let mut ask = || {
        let request = client.device_token_request(&mut device, NOW).unwrap().request().unwrap();
        field(&request, "client_assertion").unwrap()
    };
    assert_ne!(ask(), ask());
}

#[test]
fn what_is_no_answer_shows_nothing() {
    let member = Some(Error::ServerResponseInvalid(ServerResponseReason::Member));
    for (from, to) in [
        (r#""device_code":"d","#, ""),
        (r#""user_code":"u","#, ""),
        (r#""user_code":"u""#, r#""user_code":"""#),
        (r#""user_code":"u""#, r#""user_code":7"#),
        (r#","expires_in":600"#, ""),
        ("600", "0"),
        ("600", "-1"),
        (r#""interval":5"#, r#""interval":"5""#),
        (r#""interval":5"#, r#""interval":301"#),
        ("verification_uri", "x"),
    ] {
        assert_eq!(begin(&GOOD.replace(from, to)).err(), member, "{from} {to}");
    }
    let url = Some(Error::ServerResponseInvalid(ServerResponseReason::Url));
    for uri in ["http://id.example/go", "javascript:alert(1)", "id.example/go"] {
        assert_eq!(begin(&GOOD.replace("https://id.example/go", uri)).err(), url, "{uri}");
        let complete = alloc::format!(r#""verification_uri_complete":"{uri}","device_code""#);
        assert_eq!(begin(&GOOD.replace(r#""device_code""#, &complete)).err(), url, "{uri}");
    }
    assert_eq!(
        begin(&GOOD.replace("verification_uri", "verification_url")).unwrap().verification_uri,
        "https://id.example/go"
    );
    assert_eq!(begin(&GOOD.replace(r#","interval":5"#, "")).unwrap().next(NOW), DeviceStep::Wait { seconds: 5 });
    assert_eq!(
        begin(&GOOD.replace(r#""interval":5"#, r#""interval":0"#)).unwrap().next(NOW),
        DeviceStep::Wait { seconds: 1 }
    );
    assert_eq!(begin(&GOOD.replace("600", "4294967295")).unwrap().expires_at, NOW + 86400);
    let response = HttpResponse::new(503, b"");
    let unavailable = client().device_response(&response, &[7; 32], NOW).err();
    assert_eq!(unavailable, Some(Error::ServerUnavailable(UnavailableReason::Status)));
    assert!(!alloc::format!("{:?}", begin(GOOD)).contains("\"d\""));
}
