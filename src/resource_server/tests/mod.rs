//! Options, metadata, and what is judged without a token.

mod credentials;
mod refusals;
mod requirements;

use alloc::format;
use alloc::string::String;

use crate::encoding::json;
use crate::error::ErrorCode;
use crate::resource_server::{Guard, RequestContext, Requirement, client_id, is_preflight};
use crate::verify::claims::Claims;

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
