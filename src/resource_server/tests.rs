//! The rules over every combination, and the texts over hostile ones.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::encoding::json;
use crate::error::{Error, ErrorCode, RequestReason};
use crate::resource_server::{
    Guard, RequestContext, Requirement, client_id, from_authorization, from_cookie, from_header, from_websocket,
    is_preflight,
};
use crate::verify::claims::Claims;

const NOW: u64 = 1_800_000_000;

fn guard() -> Guard {
    Guard::builder()
        .resource("https://api.example/notes")
        .authorization_server("https://tenant.example/")
        .implies("notes:admin", ["notes:write"])
        .implies("notes:write", ["notes:read"])
        .build()
        .unwrap()
}

fn code(guard: &Guard, claims: &str, requirement: &Requirement) -> Option<ErrorCode> {
    guard.authorize(&Claims::new(claims.into()), requirement, NOW).err().map(|error| error.code())
}

fn challenge(code: ErrorCode, requirement: &Requirement) -> Option<String> {
    guard().refusal(code, requirement).header("WWW-Authenticate").map(ToString::to_string)
}

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
fn impossible_options_say_what_to_write() {
    let wrong = |requirement: Requirement| requirement.check().unwrap_err().option;
    assert_eq!(wrong(Requirement::default().scope("a b")), "scope");
    assert_eq!(wrong(Requirement::default().scope("a\"")), "scope");
    assert_eq!(wrong(Requirement::default().scope("")), "scope");
    assert_eq!(wrong(Requirement::default().any_scope::<String>([])), "any_scope");
    assert_eq!(wrong(Requirement::default().any_scope(["\\"])), "any_scope");
    assert_eq!(wrong(Requirement::default().permission("")), "permissions");
    assert_eq!(wrong(Requirement::default().acr::<String>([])), "acr");
    assert_eq!(wrong(Requirement::default().acr(["a b"])), "acr");
    assert_eq!(Requirement::default().scope("a").any_scope(["b"]).permission("c d").acr(["e"]).check(), Ok(()));

    for resource in ["", "api.example", "http://api.example", "https://api.example/?a", "https://api.example/#a"] {
        assert_eq!(Guard::builder().resource(resource).build().unwrap_err().option, "resource", "{resource}");
    }
    let resource = || Guard::builder().resource("https://api.example");
    for more in ["", "[]", "{", r#"{"resource":"x"}"#, r#"{"a":1,"a":2}"#] {
        assert_eq!(resource().more_metadata(more).build().unwrap_err().option, "metadata", "{more}");
    }
    for origin in ["https://app.example/", "https://App.example", "https://app.example:443", "http://localhost:80"] {
        assert_eq!(resource().origin(origin).build().unwrap_err().option, "origins", "{origin}");
    }
    assert!(resource().origin("https://app.example:8443").build().is_ok());
    assert_eq!(resource().implies("a b", ["c"]).build().unwrap_err().option, "implies");
    assert_eq!(resource().supported_scope("a b").build().unwrap_err().option, "supported_scope");
    assert_eq!(resource().scope_claim::<String>([]).build().unwrap_err().option, "scope_claim");
    assert_eq!(resource().permission_claim([""]).build().unwrap_err().option, "scope_claim");
    assert_eq!(resource().clock_tolerance(301).build().unwrap_err().option, "clock_tolerance");
    assert!(resource().clock_tolerance(300).build().is_ok());
}

#[test]
fn a_challenge_tells_all_that_the_next_token_needs() {
    let metadata = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes""#;
    let plain = Requirement::default();
    let write = Requirement::default().scope("openid").scope("notes:write").any_scope(["b", "c"]).scope("a");
    let strong = Requirement::default().scope("a").acr(["gold", "silver"]).max_age(300);
    for (code, requirement, expected) in [
        (ErrorCode::TokenMissing, &plain, format!("Bearer {metadata}")),
        (ErrorCode::TokenMissing, &write, format!(r#"Bearer scope="notes:write a b", {metadata}"#)),
        (
            ErrorCode::TokenExpired,
            &plain,
            format!(r#"Bearer error="invalid_token", error_description="the token has expired", {metadata}"#),
        ),
        (
            ErrorCode::RequestInvalid,
            &plain,
            format!(
                r#"Bearer error="invalid_request", error_description="the credentials must be a single access token", {metadata}"#
            ),
        ),
        (
            ErrorCode::InsufficientScope,
            &write,
            format!(
                r#"Bearer error="insufficient_scope", error_description="the token lacks a scope of this operation", scope="notes:write a b", {metadata}"#
            ),
        ),
        (
            ErrorCode::InsufficientAuthentication,
            &strong,
            format!(
                r#"Bearer error="insufficient_user_authentication", error_description="a stronger or more recent sign-in is needed", scope="a", acr_values="gold silver", max_age="300", {metadata}"#
            ),
        ),
    ] {
        assert_eq!(challenge(code, requirement).as_deref(), Some(expected.as_str()), "{code}");
    }
    let bare = Guard::builder().build().unwrap().refusal(ErrorCode::TokenMissing, &plain);
    assert_eq!(bare.header("WWW-Authenticate"), Some("Bearer"));
    // An alternative that is asked for anyway adds none.
    let covered = Requirement::default().scope("b").any_scope(["a", "b"]);
    assert_eq!(challenge(ErrorCode::TokenMissing, &covered), Some(format!(r#"Bearer scope="b", {metadata}"#)));
}

#[test]
fn refusals_have_the_status_of_their_cause_and_nothing_of_it() {
    for &code in ErrorCode::ALL {
        let refusal = guard().refusal(code, &Requirement::default().scope("a"));
        let challenge = refusal.header("WWW-Authenticate");
        assert_eq!(refusal.status, code.status(), "{code}");
        let may_help =
            refusal.status == 401 || matches!(code, ErrorCode::InsufficientScope | ErrorCode::RequestInvalid);
        assert_eq!(challenge.is_some(), may_help, "{code}");
        assert_eq!(refusal.header("Retry-After"), (refusal.status == 503).then_some("5"), "{code}");
        assert_eq!(refusal.header("Cache-Control"), Some("no-store"));
        let body = json::parse_object(&refusal.body, 1).unwrap();
        assert_eq!(body.string("code"), Ok((refusal.status < 500).then_some(code.as_str())), "{code}");
        let texts = [challenge.unwrap_or_default(), body.string("error_description").unwrap().unwrap()];
        for text in texts {
            assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\'), "{text}");
        }
        assert!(!texts[1].contains('"'), "{code}");
    }
}

#[test]
fn a_cookie_needs_a_page_of_ours() {
    let guard = Guard::builder().resource("https://api.example/notes").origin("https://app.example").build().unwrap();
    let post = RequestContext::new("POST");
    let upgrade = RequestContext { upgrade: true, ..RequestContext::new("GET") };
    let from = |origin, context| RequestContext { origin: Some(origin), ..context };
    let site = |site, context| RequestContext { sec_fetch_site: Some(site), ..context };
    for (context, accepted) in [
        (RequestContext::new("GET"), true),
        (RequestContext::new("HEAD"), true),
        (site("cross-site", RequestContext::new("GET")), true),
        (post, false),
        (site("same-origin", post), true),
        (site("same-site", post), false),
        (site("cross-site", post), false),
        (site("none", post), false),
        (from("https://app.example", site("cross-site", post)), true),
        (from("https://evil.example", site("same-site", post)), false),
        (from("https://app.example", post), true),
        (from("https://api.example", post), true),
        (from("https://api.example.evil", post), false),
        (from("http://app.example", post), false),
        (from("null", post), false),
        (RequestContext { csrf_header: Some("1"), ..post }, true),
        (RequestContext { csrf_header: Some("0"), ..post }, false),
        (from("https://evil.example", RequestContext { csrf_header: Some("1"), ..post }), false),
        (RequestContext { method: "get", ..post }, false),
        (RequestContext { method: "OPTIONS", ..post }, false),
        (upgrade, false),
        (from("https://app.example", upgrade), true),
        (from("https://evil.example", upgrade), false),
        (site("same-origin", upgrade), false),
        (RequestContext { csrf_header: Some("1"), ..upgrade }, false),
    ] {
        assert_eq!(guard.check_context(&context).is_ok(), accepted, "{context:?}");
    }
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

#[test]
fn the_origin_of_the_resource_is_that_of_its_pages() {
    let guard = Guard::builder().resource("https://API.example:443/notes").build().unwrap();
    let context = RequestContext { origin: Some("https://api.example"), ..RequestContext::new("POST") };
    assert_eq!(guard.check_context(&context), Ok(()));
}

#[test]
fn metadata_is_where_the_identifier_says() {
    for (resource, url) in [
        ("https://api.example", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/notes", "https://api.example/.well-known/oauth-protected-resource/notes"),
        ("https://api.example/a//", "https://api.example/.well-known/oauth-protected-resource/a/"),
        ("https://api.example/a/b/", "https://api.example/.well-known/oauth-protected-resource/a/b"),
        ("http://localhost:8787/mcp", "http://localhost:8787/.well-known/oauth-protected-resource/mcp"),
    ] {
        let guard = Guard::builder().resource(resource).build().unwrap();
        let refusal = guard.refusal(ErrorCode::TokenMissing, &Requirement::default());
        let expected = format!("Bearer resource_metadata=\"{url}\"");
        assert_eq!(refusal.header("WWW-Authenticate"), Some(expected.as_str()));
        let path = &url[url.find("/.well").unwrap()..];
        assert!(guard.metadata_response("GET", path).is_some(), "{resource}");
        let response = guard.metadata_response("GET", path).unwrap();
        let expected = format!(r#"{{"resource":"{resource}","bearer_methods_supported":["header"]}}"#);
        assert_eq!((response.status, response.body.as_str()), (200, expected.as_str()));
        assert!(guard.metadata_response("GET", &format!("{path}/")).is_some());
        assert!(guard.metadata_response("GET", "/.well-known/oauth-protected-resource").is_some());
        assert!(guard.metadata_response("GET", &format!("{path}x")).is_none());
        assert!(guard.metadata_response("GET", "/").is_none());
    }
    let guard = Guard::builder()
        .resource("https://api.example/notes")
        .metadata_at_root(false)
        .authorization_server("https://tenant.example/")
        .supported_scope("notes:read")
        .more_metadata(r#" { "resource_name": "Notes", "x": [1.50, {"y": null}] } "#)
        .build()
        .unwrap();
    let path = "/.well-known/oauth-protected-resource/notes";
    let answer = |method| guard.metadata_response(method, path).unwrap();
    let body = answer("GET").body;
    let members = json::parse_object(&body, 4).unwrap();
    assert_eq!(members.strings_or_null("authorization_servers"), Ok(Some(alloc::vec!["https://tenant.example/"])));
    assert_eq!(members.strings_or_null("scopes_supported"), Ok(Some(alloc::vec!["notes:read"])));
    assert_eq!(members.string("resource_name"), Ok(Some("Notes")));
    assert!(body.contains("1.50"), "{body}");
    assert_eq!((answer("HEAD").status, answer("HEAD").body.as_str()), (200, ""));
    assert_eq!((answer("OPTIONS").status, answer("POST").status), (204, 405));
    assert!(answer("POST").headers.contains(&("Allow", "GET, HEAD, OPTIONS")));
    assert!(answer("OPTIONS").headers.contains(&("Access-Control-Allow-Origin", "*")));
    assert!(guard.metadata_response("GET", "/.well-known/oauth-protected-resource").is_none());
    assert!(Guard::builder().build().unwrap().metadata_response("GET", path).is_none());
}

#[test]
fn a_preflight_is_told_by_its_header_fields_and_a_client_by_its_claims() {
    assert!(is_preflight("OPTIONS", true, true));
    for (method, origin, request_method) in [("OPTIONS", false, true), ("OPTIONS", true, false), ("GET", true, true)] {
        assert!(!is_preflight(method, origin, request_method));
    }
    for (claims, expected) in [
        (r#"{"client_id":"a","azp":"b"}"#, Some("a")),
        (r#"{"azp":"b"}"#, Some("b")),
        (r#"{"client_id":7}"#, None),
        ("{}", None),
    ] {
        assert_eq!(client_id(&Claims::new(claims.into())), expected, "{claims}");
    }
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
