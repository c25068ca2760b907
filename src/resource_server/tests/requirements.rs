//! What routes require, against what tokens have.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::ErrorCode;
use crate::resource_server::{Guard, Requirement};
use crate::verify::claims::Claims;

const NOW: u64 = 1_800_000_000;

fn code(guard: &Guard, claims: &str, requirement: &Requirement) -> Option<ErrorCode> {
    guard.authorize(&Claims::new(claims.into()), requirement, NOW).err().map(|error| error.code())
}

/// Every subset of what a token may have against every subset of what may be required, beside a model.
#[test]
fn requirements_are_met_as_the_truth_table_says() {
    let guard = Guard::builder().build().unwrap();
    let bit = |set: u32, index: u32| set & (1 << index) != 0;
    let pick = |set: u32, names: &[&'static str]| -> Vec<&'static str> {
        names.iter().zip(0..).filter(|(_, index)| bit(set, *index)).map(|(name, _)| *name).collect()
    };
    let mut cases = 0;
    for given in 0..64u32 {
        let scopes = pick(given, &["a", "b"]);
        let permissions = pick(given >> 2, &["p"]);
        let mut claims = format!(r#"{{"scope":"{}","permissions":{permissions:?}"#, scopes.join(" "));
        if bit(given, 3) {
            claims.push_str(r#","acr":"high""#);
        }
        claims.push_str(&match given >> 4 {
            0 => String::new(),
            1 => format!(r#","auth_time":{}"#, NOW - 130),
            2 => format!(r#","auth_time":{}"#, NOW - 131),
            _ => format!(r#","auth_time":{}"#, NOW + 30),
        });
        claims.push('}');
        for wanted in 0..64u32 {
            let mut requirement = Requirement::default();
            for scope in pick(wanted, &["a", "b"]) {
                requirement = requirement.scope(scope);
            }
            if bit(wanted, 2) {
                requirement = requirement.any_scope(["b", "c"]);
            }
            if bit(wanted, 3) {
                requirement = requirement.permission("p");
            }
            if bit(wanted, 4) {
                requirement = requirement.acr(["low", "high"]);
            }
            if bit(wanted, 5) {
                requirement = requirement.max_age(100);
            }
            let is_authenticated =
                (!bit(wanted, 4) || bit(given, 3)) && (!bit(wanted, 5) || matches!(given >> 4, 1 | 3));
            let has_scopes = (!bit(wanted, 0) || bit(given, 0))
                && (!bit(wanted, 1) || bit(given, 1))
                && (!bit(wanted, 2) || bit(given, 1));
            let has_permission = !bit(wanted, 3) || bit(given, 2);
            let expected = match (is_authenticated, has_scopes, has_permission) {
                (false, _, _) => Some(ErrorCode::InsufficientAuthentication),
                (_, false, _) => Some(ErrorCode::InsufficientScope),
                (_, _, false) => Some(ErrorCode::InsufficientPermission),
                _ => None,
            };
            assert_eq!(code(&guard, &claims, &requirement), expected, "{claims} {requirement:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 4096);
}

#[test]
fn a_scope_implies_others_over_several_steps_and_in_circles() {
    let guard = Guard::builder()
        .implies("admin", ["write"])
        .implies("write", ["read"])
        .implies("x", ["y"])
        .implies("y", ["x"])
        .build()
        .unwrap();
    for (granted, wanted, expected) in [
        ("admin", "read", None),
        ("write", "read", None),
        ("read", "write", Some(ErrorCode::InsufficientScope)),
        ("write", "admin", Some(ErrorCode::InsufficientScope)),
        ("x", "y", None),
        ("y", "x", None),
        ("x", "read", Some(ErrorCode::InsufficientScope)),
    ] {
        let claims = format!(r#"{{"scope":"{granted}"}}"#);
        assert_eq!(code(&guard, &claims, &Requirement::default().scope(wanted)), expected, "{granted} {wanted}");
    }
}

#[test]
fn scopes_and_permissions_are_where_the_options_say() {
    let read = Requirement::default().scope("read");
    let missing = Some(ErrorCode::InsufficientScope);
    let guard = Guard::builder().build().unwrap();
    for (claims, expected) in [
        (r#"{"scope":"write read"}"#, None),
        (r#"{"scope":["write","read"]}"#, None),
        (r#"{"scp":"read"}"#, None),
        (r#"{"scp":["read"]}"#, None),
        (r#"{"scope":null,"scp":["read"]}"#, None),
        (r#"{"scope":"write","scp":"read"}"#, missing),
        (r#"{"scope":"reader"}"#, missing),
        (r#"{"scope":["write read"]}"#, missing),
        (r#"{"roles":["read"]}"#, missing),
        (r#"{"scope":7}"#, Some(ErrorCode::ClaimInvalid)),
        (r#"{"scope":["read",7]}"#, Some(ErrorCode::ClaimInvalid)),
        (r#"{"scope":{"read":true}}"#, Some(ErrorCode::ClaimInvalid)),
    ] {
        assert_eq!(code(&guard, claims, &read), expected, "{claims}");
    }
    // What is not asked for is not looked at.
    assert_eq!(code(&guard, r#"{"scope":7,"permissions":7}"#, &Requirement::default()), None);

    let keycloak = Guard::builder().permission_claim(["realm_access", "roles"]).build().unwrap();
    let admin = Requirement::default().permission("admin");
    for (claims, expected) in [
        (r#"{"realm_access":{"roles":["user","admin"]}}"#, None),
        (r#"{"realm_access":{"roles":["user"]}}"#, Some(ErrorCode::InsufficientPermission)),
        (r#"{"realm_access":["roles"]}"#, Some(ErrorCode::InsufficientPermission)),
        (r#"{"permissions":["admin"]}"#, Some(ErrorCode::InsufficientPermission)),
    ] {
        assert_eq!(code(&keycloak, claims, &admin), expected, "{claims}");
    }
    let claims = Claims::new(r#"{"scope":"b a","realm_access":{"roles":["x"]}}"#.into());
    assert_eq!(keycloak.scopes(&claims), Ok(alloc::vec!["b", "a"]));
    assert_eq!(keycloak.permissions(&claims), Ok(alloc::vec!["x"]));
}

#[test]
fn a_token_that_is_bound_to_a_key_is_no_bearer_token() {
    let guard = Guard::builder().build().unwrap();
    let bound = Some(ErrorCode::TokenBindingRequired);
    for (claims, expected) in [
        (r#"{"cnf":{"jkt":"x"}}"#, bound),
        (r#"{"cnf":{"x5t#S256":"x"}}"#, bound),
        (r#"{"cnf":{}}"#, bound),
        (r#"{"cnf":"x"}"#, bound),
        (r#"{"cnf":null}"#, None),
        ("{}", None),
    ] {
        assert_eq!(code(&guard, claims, &Requirement::default()), expected, "{claims}");
    }
}

#[test]
fn an_inner_requirement_adds_to_the_outer_one() {
    let outer = Requirement::default().optional().scope("a").any_scope(["b", "c"]).acr(["x", "y"]).max_age(600);
    let inner = Requirement::default().scope("a").scope("d").permission("p").acr(["y", "z"]).max_age(60);
    let both = outer.clone().and(&inner).unwrap();
    let expected =
        Requirement::default().scope("a").scope("d").any_scope(["b", "c"]).permission("p").acr(["y"]).max_age(60);
    assert_eq!(both, expected);
    assert!(!both.is_optional());
    assert!(outer.clone().and(&Requirement::default().optional()).unwrap().is_optional());
    assert_eq!(outer.clone().and(&Requirement::default()).unwrap().max_age, Some(600));
    assert_eq!(outer.and(&Requirement::default().acr(["z"])).unwrap_err().option, "acr");
}

#[test]
fn a_sign_in_of_the_future_is_not_recent() {
    let guard = Guard::builder().build().unwrap();
    for (time, expected) in [
        (NOW + 30, None),
        (NOW + 31, Some(ErrorCode::InsufficientAuthentication)),
        ((NOW - 86_400) * 1000, Some(ErrorCode::InsufficientAuthentication)),
    ] {
        let claims = format!(r#"{{"auth_time":{time}}}"#);
        assert_eq!(code(&guard, &claims, &Requirement::default().max_age(60)), expected, "{time}");
    }
}
