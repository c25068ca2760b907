//! The few pages that the routes have of their own. Whatever is in them from outside is escaped, and they load nothing.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::form;
use crate::error::ErrorCode;
use crate::hash::Hash;
use crate::session::web::failure::Failure;
use crate::session::web::response::WebResponse;

/// The field by which a form says that it was posted again.
pub(super) const RESUBMITTED: &str = "countersign_resubmitted";

const STYLE: &str = "body{margin:0;padding:2rem 1rem;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
main{max-width:32rem;margin:0 auto}h1{font-size:1.4rem;line-height:1.25}code{overflow-wrap:anywhere}\
button{font:inherit;padding:.5rem 1rem}";
const SCRIPT: &str = "document.forms[0].submit()";

/// What programs and people are told about a code: the same for every request.
pub(super) const fn words(code: ErrorCode) -> (&'static str, &'static str) {
    match code.status() {
        401 if matches!(code, ErrorCode::SessionEnded) => ("login_required", "The session has ended. Sign in again."),
        401 => ("login_required", "Sign in to see this."),
        403 => ("access_denied", "The request does not come from a page of this application."),
        503 => ("temporarily_unavailable", "The sign-in service does not answer at the moment. Try again in a minute."),
        400 => match code {
            ErrorCode::AuthorizationError => ("access_denied", "The sign-in was refused."),
            ErrorCode::ReturnToRefused => ("invalid_request", "The page to return to is not one of this application."),
            ErrorCode::TransactionMissing | ErrorCode::TransactionExpired => (
                "invalid_request",
                "This sign-in is not under way in this browser. It took too long, or cookies are blocked.",
            ),
            _ => ("invalid_request", "The request is not what it should be."),
        },
        _ => ("server_error", "The sign-in failed."),
    }
}

/// A page that says what went wrong, with a link by which the user signs in, and one back to the application.
pub(super) fn error(failure: &Failure, login: &str, home: &str) -> WebResponse {
    let (_, text) = words(failure.code);
    let said = failure.words.as_deref().filter(|_| failure.code == ErrorCode::AuthorizationError);
    let mut body = [text, "</p>"].concat();
    if let Some(said) = said {
        body.push_str(&["<p>The server said: ", &escape(said), "</p>"].concat());
    }
    body.push_str(&["<p><code>", failure.code.as_str(), "</code></p><p>"].concat());
    if failure.code != ErrorCode::CsrfRefused {
        body.push_str(&["<a href=\"", &escape(login), "\">Sign in</a> · "].concat());
    }
    body.push_str(&["<a href=\"", &escape(home), "\">Back to the application</a></p>"].concat());
    page(failure.code.status(), "Sign-in", &["<p>", &body].concat(), None, "").with("referrer-policy", "no-referrer")
}

/// A page that asks whether to sign out. Its form may lead on to the authorization server.
pub(super) fn sign_out(path: &str) -> WebResponse {
    let form =
        ["<form method=\"post\" action=\"", &escape(path), "\"><button autofocus>Sign out</button></form>"].concat();
    // By `no-referrer` the form would come with `Origin: null` (Fetch §3.2).
    page(200, "Sign out?", &form, None, "").with("referrer-policy", "same-origin")
}

/// A page that leads on to another one of this application.
pub(super) fn arrival(target: &str) -> WebResponse {
    let target = escape(target);
    let content =
        ["<meta http-equiv=\"refresh\" content=\"0;url=", &target, "\"><p><a href=\"", &target, "\">Continue</a></p>"];
    // Its own address has the code in it.
    page(200, "Signed in", &content.concat(), None, "").with("referrer-policy", "no-referrer")
}

/// A page that posts the fields of a form again, to where they came. `None`: it is no form, or was posted again already.
pub(super) fn resubmission(body: &str) -> Option<WebResponse> {
    let mut fields = form::parse(body).ok()?;
    fields.push((RESUBMITTED.to_string(), "1".to_string()));
    let mut form = "<form method=\"post\">".to_string();
    for (name, value) in &fields {
        for part in ["<input type=\"hidden\" name=\"", &escape(name), "\" value=\"", &escape(value), "\">"] {
            form.push_str(part);
        }
    }
    form.push_str("<button>Continue</button></form>");
    let page = page(200, "Signing in", &form, Some(SCRIPT), "; form-action 'self'");
    Some(page.with("referrer-policy", "no-referrer"))
}

/// The form as the authorization server sent it.
pub(super) fn without_marker(body: &str) -> String {
    let marker = [RESUBMITTED, "=1"].concat();
    body.split('&').filter(|pair| *pair != marker).collect::<Vec<_>>().join("&")
}

fn page(status: u16, title: &str, content: &str, script: Option<&str>, policy: &str) -> WebResponse {
    let code = script.map(|code| ["<script>", code, "</script>"].concat()).unwrap_or_default();
    let body = [
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>",
        title,
        "</title><style>",
        STYLE,
        "</style><main><h1>",
        title,
        "</h1>",
        content,
        "</main>",
        &code,
        "</html>",
    ]
    .concat();
    let mut csp = ["default-src 'none'; style-src ", &source(STYLE)].concat();
    if let Some(code) = script {
        csp.push_str(&["; script-src ", &source(code)].concat());
    }
    csp.push_str("; base-uri 'none'; frame-ancestors 'none'");
    csp.push_str(policy);
    let response = WebResponse { body, ..WebResponse::new(status) };
    response
        .with("content-type", "text/html; charset=utf-8")
        .with("content-security-policy", &csp)
        .with("x-content-type-options", "nosniff")
}

/// A text of the page's own, as a Content Security Policy allows it.
fn source(text: &str) -> String {
    let digest = base64url::encode(&Hash::Sha256.digest(text.as_bytes())).replace('-', "+").replace('_', "/");
    ["'sha256-", &digest, "='"].concat()
}

fn escape(text: &str) -> String {
    let mut html = String::new();
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
