//! Tasks and outcomes, as JSON.

use alloc::string::{String, ToString as _};

use countersign::error::{Error, ErrorCode};
use countersign::internal::{JsonWriter, array, quote};
use countersign::session::web::{Failure, Outcome, Place, Step, Task, Tokens, Visit, WebAuth, WebResponse};
use countersign::session::{Purpose, Session, Site};

pub(super) fn step(auth: &WebAuth, step: &Step) -> String {
    match step {
        Step::Task(task) => self::task(task),
        Step::Done(outcome) => self::outcome(auth, outcome),
    }
}

/// `{ task, … }`
fn task(task: &Task) -> String {
    let kind = |kind| JsonWriter::new().text("task", kind);
    let stored =
        |name, place: &Place| kind(name).json("inProcess", if *place == Place::Process { "true" } else { "false" });
    match task {
        Task::Body { limit } => kind("body").json("limit", &limit.to_string()),
        Task::Open { purpose, name, site, text } | Task::Seal { purpose, name, site, text } => {
            let kind = kind(if let Task::Open { .. } = task { "open" } else { "seal" });
            sealing(kind, *purpose, name, site, text)
        }
        Task::Read { place, keys } => stored("read", place).json("keys", &array(keys.iter().map(|key| quote(key)))),
        Task::Write { place, key, value, seconds } | Task::Add { place, key, value, seconds } => {
            let stored = stored(if let Task::Write { .. } = task { "write" } else { "add" }, place);
            stored.text("key", key).text("value", value).number("ttl", *seconds)
        }
        Task::Delete { place, key } => stored("delete", place).text("key", key),
        Task::Wait { milliseconds } => kind("wait").number("milliseconds", *milliseconds),
        Task::Authorize { client, redirect_uri, params } => {
            let params = params.iter().map(|(name, value)| array([quote(name), quote(value)].into_iter()));
            kind("authorize").text("client", client).text("redirectUri", redirect_uri).json("params", &array(params))
        }
        Task::Redeem { client, response, transaction, resource } => kind("redeem")
            .text("client", client)
            .text("response", response)
            .text("transaction", transaction)
            .text_if("resource", resource.as_deref()),
        Task::Refresh { client, tokens, resource } => {
            kind("refresh").text("client", client).text("tokens", tokens).text_if("resource", resource.as_deref())
        }
        Task::Revoke { client, token, milliseconds } => {
            kind("revoke").text("client", client).text("token", token).number("milliseconds", *milliseconds)
        }
        Task::LogoutUrl { client, redirect_uri, id_token } => kind("logoutUrl")
            .text("client", client)
            .text("redirectUri", redirect_uri)
            .text_if("idToken", id_token.as_deref()),
        Task::LogoutToken { client, token } => kind("logoutToken").text("client", client).text("token", token),
        _ => kind("unknown"),
    }
    .end()
}

/// With what HKDF and AES-GCM are given.
fn sealing(json: JsonWriter, purpose: Purpose, name: &str, site: &Site, text: &str) -> JsonWriter {
    let utf8 = |bytes| String::from_utf8(bytes).unwrap_or_default();
    json.text("info", &utf8(purpose.info()))
        .text("associated", &utf8(purpose.associated_data(name, site)))
        .text("text", text)
}

/// `{ outcome, … }`
fn outcome(auth: &WebAuth, outcome: &Outcome) -> String {
    let kind = |kind| JsonWriter::new().text("outcome", kind);
    match outcome {
        Outcome::Response(response) => self::response(kind("response"), response),
        Outcome::Visit(visit) => self::visit(kind("visit"), auth, visit),
        Outcome::Failed(failure, visit) => self::visit(failed(kind("failed"), failure), auth, visit),
        _ => kind("notOurs"),
    }
    .end()
}

fn response(json: JsonWriter, response: &WebResponse) -> JsonWriter {
    let headers = response.headers.iter().map(|(name, value)| array([quote(name), quote(value)].into_iter()));
    let json = json.number("status", response.status.into()).json("headers", &array(headers));
    let json = if response.signs_out { json.json("signsOut", "true") } else { json };
    json.text("body", &response.body)
}

fn visit(json: JsonWriter, auth: &WebAuth, visit: &Visit) -> JsonWriter {
    let json = json.json("setCookies", &array(visit.set_cookies.iter().map(|cookie| quote(cookie))));
    let access_token = visit.access_token.as_ref().map(|token| token.access_token.as_str());
    let json = json.text_if("accessToken", access_token);
    match &visit.session {
        Some(session) => json.json("session", &self::session(auth, session)),
        None => json,
    }
}

/// What the wrapper shows of a session, and the whole of it in `record`.
fn session(auth: &WebAuth, session: &Session) -> String {
    let tokens = session.tokens().and_then(|json| Tokens::from_json(json, 0));
    let token_type = tokens.and_then(|tokens| tokens.access_token.map(|_| tokens.token_type));
    JsonWriter::new()
        .text("record", &session.to_text())
        .json("user", session.claims())
        .json("data", session.data())
        .text("issuer", session.issuer())
        .text("subject", session.subject())
        .number("expiresAt", session.idle_until())
        .text("logoutUrl", &auth.logout_path(session))
        .text_if("client", auth.client(session.client()))
        .text_if("tokenType", token_type.as_ref().map(|name| name.as_deref().unwrap_or("Bearer")))
        .end()
}

fn failed(json: JsonWriter, failure: &Failure) -> JsonWriter {
    let message = match failure.code {
        ErrorCode::ResourceRefused => RESOURCE_REFUSED.to_string(),
        code => message(code).to_string(),
    };
    json.text("code", failure.code.as_str()).number("status", failure.code.status().into()).text("message", &message)
}

/// No error of the core's, which leaves resources to applications.
const RESOURCE_REFUSED: &str = "the server gives no token for the resource that was named, or gave no refresh token, which all \
    but that of the sign-in come by: write it as the server has it registered, and among `resources`";

const fn message(code: ErrorCode) -> Error {
    match code {
        ErrorCode::SessionInvalid => Error::SessionInvalid,
        ErrorCode::SessionRefreshNeeded => Error::SessionRefreshNeeded,
        ErrorCode::SessionEnded => Error::SessionEnded,
        ErrorCode::RefreshUnavailable => Error::RefreshUnavailable,
        ErrorCode::StoreUnavailable => Error::StoreUnavailable,
        _ => Error::InternalError,
    }
}
