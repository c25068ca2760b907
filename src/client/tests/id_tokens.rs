//! ID tokens: a wrong value for each check.

use alloc::string::String;

use super::{NOW, begun, builder, client, secret, signed, tokens};
use crate::client::{Client, IdTokenCheck, Transaction};
use crate::encoding::base64url;
use crate::error::{ClaimReason, Error};
use crate::hash::Hash;
use crate::verify::claims::Claims;
use crate::verify::verifier::Verifier;

fn verifier(client: &Client) -> Verifier {
    client.id_token_verifier().keys(secret()).build().unwrap()
}

fn half_hash(text: &str) -> String {
    base64url::encode(&Hash::Sha256.digest(text.as_bytes())[..16])
}

/// The claims of a good token, with changes: a member of `null` is left out.
fn claims(transaction: &Transaction, changes: &[(&str, &str)]) -> String {
    let nonce = alloc::format!(r#""{}""#, transaction.nonce.as_deref().unwrap_or_default());
    let at_hash = alloc::format!(r#""{}""#, half_hash("access"));
    let c_hash = alloc::format!(r#""{}""#, half_hash("code"));
    let (iat, exp) = (alloc::format!("{NOW}"), alloc::format!("{}", NOW + 300));
    let mut members = alloc::vec![
        ("iss", r#""https://id.example""#),
        ("sub", r#""alice""#),
        ("aud", r#""app""#),
        ("iat", &iat),
        ("exp", &exp),
        ("auth_time", &iat),
        ("nonce", &nonce),
        ("at_hash", &at_hash),
        ("c_hash", &c_hash),
    ];
    for (name, value) in changes {
        members.retain(|(other, _)| other != name);
        if *value != "null" {
            members.push((name, value));
        }
    }
    let members: alloc::vec::Vec<String> =
        members.iter().map(|(name, value)| alloc::format!(r#""{name}":{value}"#)).collect();
    alloc::format!("{{{}}}", members.join(","))
}

fn sign_in(client: &Client, transaction: &Transaction, changes: &[(&str, &str)]) -> Result<(), Error> {
    let tokens = tokens(r#"{"access_token":"access","token_type":"Bearer"}"#);
    let check = IdTokenCheck::sign_in(transaction, "code", &tokens);
    let token = signed("", &claims(transaction, changes));
    client.verify_id_token(&verifier(client), &token, &check, NOW).map(drop)
}

/// Changes of the claims, and the verdict.
type Row<'a> = (&'a [(&'a str, &'a str)], Result<(), Error>);

#[test]
fn each_check_of_a_sign_in_refuses_its_wrong_value() {
    let client = client();
    let transaction = begun(&client, |params| params.max_age = Some(60));
    let invalid = |claim: &str, fault| Err(Error::ClaimInvalid { claim: claim.into(), fault });
    let missing = |claim: &str| Err(Error::ClaimMissing { claim: claim.into() });
    let old = alloc::format!("{}", NOW - 1000);
    let rows: &[Row<'_>] = &[
        (&[], Ok(())),
        (&[("at_hash", "null"), ("c_hash", "null")], Ok(())),
        (&[("azp", r#""app""#)], Ok(())),
        (&[("nonce", r#""other""#)], Err(Error::NonceMismatch)),
        (&[("nonce", "null")], missing("nonce")),
        (&[("sub", "null")], missing("sub")),
        (&[("iat", "null")], missing("iat")),
        (&[("azp", r#""other""#)], invalid("azp", ClaimReason::Party)),
        (&[("at_hash", r#""x""#)], invalid("at_hash", ClaimReason::Hash)),
        (&[("c_hash", r#""x""#)], invalid("c_hash", ClaimReason::Hash)),
        (&[("auth_time", "null")], missing("auth_time")),
        (&[("auth_time", &old)], Err(Error::TokenTooOld { claim: "auth_time", now: NOW, since: NOW - 1000 })),
        (&[("exp", &old)], Err(Error::TokenExpired { now: NOW, exp: NOW - 1000 })),
        (
            &[("iss", r#""https://evil.example""#)],
            Err(Error::IssuerMismatch { expected: super::ISSUER.into(), actual: "https://evil.example".into() }),
        ),
        (
            &[("aud", r#""other""#)],
            Err(Error::AudienceMismatch { claim: "aud".into(), expected: "app".into(), actual: "other".into() }),
        ),
        (
            &[("aud", r#"["app","other"]"#), ("azp", r#""app""#)],
            Err(Error::AudienceMismatch { claim: "aud".into(), expected: "app".into(), actual: "app, other".into() }),
        ),
    ];
    for (changes, expected) in rows {
        assert_eq!(&sign_in(&client, &transaction, changes), expected, "{changes:?}");
    }
}

#[test]
fn a_trusted_audience_does_not_stand_in_for_the_client() {
    let client = builder().trusted_audience("project").build().unwrap();
    let transaction = begun(&client, |_| {});
    let with = |audience: &str, party: &str| sign_in(&client, &transaction, &[("aud", audience), ("azp", party)]);
    assert_eq!(with(r#"["app","project"]"#, r#""app""#), Ok(()));
    assert_eq!(with(r#"["app","project"]"#, "null"), Err(Error::ClaimMissing { claim: "azp".into() }));
    let party = Err(Error::ClaimInvalid { claim: "azp".into(), fault: ClaimReason::Party });
    assert_eq!(with(r#"["app","project"]"#, r#""project""#), party);
    for audience in [r#""project""#, r#"["project"]"#] {
        assert!(matches!(with(audience, "null"), Err(Error::AudienceMismatch { .. })), "{audience}");
    }
}

#[test]
fn a_sign_in_without_openid_has_no_nonce_to_offer() {
    let client = client();
    let transaction = begun(&client, |params| params.scope = Some("profile".into()));
    assert_eq!(sign_in(&client, &transaction, &[("nonce", r#""n""#)]), Err(Error::NonceUnexpected));
    assert_eq!(sign_in(&client, &transaction, &[("nonce", "null")]), Ok(()));
}

#[test]
fn where_nobody_carried_a_nonce_there_is_none() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let check = IdTokenCheck::without_nonce(&tokens(r#"{"access_token":"access","token_type":"Bearer"}"#));
    let verify = |changes: &[(&str, &str)]| {
        let token = signed("", &claims(&transaction, changes));
        client.verify_id_token(&verifier(&client), &token, &check, NOW).map(drop)
    };
    assert_eq!(verify(&[("nonce", "null")]), Ok(()));
    assert_eq!(verify(&[]), Err(Error::NonceUnexpected));
    // For a refresh token alone, there is nothing to compare a nonce with that the server repeats.
    let check = IdTokenCheck::without_sign_in(&tokens(r#"{"access_token":"access","token_type":"Bearer"}"#));
    let token = signed("", &claims(&transaction, &[]));
    assert!(client.verify_id_token(&verifier(&client), &token, &check, NOW).is_ok());
    assert!(matches!(verify(&[("nonce", "null"), ("at_hash", r#""x""#)]), Err(Error::ClaimInvalid { .. })));
}

#[test]
fn a_refreshed_id_token_is_about_the_same_sign_in() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let previous = Claims::new(claims(&transaction, &[("azp", r#""app""#)]));
    let tokens = tokens(r#"{"access_token":"access","token_type":"Bearer"}"#);
    let check = IdTokenCheck::refresh(&previous, &tokens);
    let refresh = |changes: &[(&str, &str)]| {
        let token = signed("", &claims(&transaction, changes));
        client.verify_id_token(&verifier(&client), &token, &check, NOW).map(drop)
    };
    assert_eq!(refresh(&[]), Ok(()));
    assert_eq!(refresh(&[("nonce", "null"), ("auth_time", "null")]), Ok(()));
    assert_eq!(refresh(&[("nonce", r#""other""#)]), Err(Error::NonceMismatch));
    assert_eq!(refresh(&[("sub", r#""mallory""#)]), Err(Error::SubjectMismatch));
    let value = |claim: &str| Err(Error::ClaimInvalid { claim: claim.into(), fault: ClaimReason::Value });
    assert_eq!(refresh(&[("auth_time", "1")]), value("auth_time"));
    assert!(matches!(refresh(&[("at_hash", r#""x""#)]), Err(Error::ClaimInvalid { .. })));
    // What is no time is never the same.
    let odd = [("auth_time", "[1]")];
    let check = IdTokenCheck::refresh(&Claims::new(claims(&transaction, &odd)), &tokens);
    let token = signed("", &claims(&transaction, &odd));
    assert_eq!(client.verify_id_token(&verifier(&client), &token, &check, NOW).map(drop), value("auth_time"));
    let first = Claims::new(claims(&transaction, &[("nonce", "null")]));
    let check = IdTokenCheck::refresh(&first, &tokens);
    let token = signed("", &claims(&transaction, &[]));
    assert_eq!(client.verify_id_token(&verifier(&client), &token, &check, NOW).map(drop), Err(Error::NonceUnexpected));
}

#[test]
fn a_signature_that_does_not_hold_is_none() {
    let client = client();
    let transaction = begun(&client, |_| {});
    let check = IdTokenCheck::sign_in(&transaction, "code", &tokens(r#"{"access_token":"a","token_type":"Bearer"}"#));
    let mut token = signed("", &claims(&transaction, &[]));
    token.replace_range(token.len() - 43.., &"A".repeat(43));
    assert_eq!(client.verify_id_token(&verifier(&client), &token, &check, NOW).map(drop), Err(Error::SignatureInvalid));
}
