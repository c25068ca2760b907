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
        Task::Open { purpose, name, site, text } => sealing(kind("open"), *purpose, name, site, text),
        Task::Seal { purpose, name, site, text } => sealing(kind("seal"), *purpose, name, site, text),
        Task::Read { place, keys } => stored("read", place).json("keys", &array(keys.iter().map(|key| quote(key)))),
        Task::Write { place, key, value, seconds } => {
            stored("write", place).text("key", key).text("value", value).number("ttl", *seconds)
        }
        Task::Add { place, key, value, seconds } => {
            stored("add", place).text("key", key).text("value", value).number("ttl", *seconds)
        }
        Task::Delete { place, key } => stored("delete", place).text("key", key),
        Task::Wait { milliseconds } => kind("wait").number("milliseconds", *milliseconds),
        Task::Authorize { client, redirect_uri, params } => {
            let params = params.iter().map(|(name, value)| array([quote(name), quote(value)].into_iter()));
            kind("authorize").text("client", client).text("redirectUri", redirect_uri).json("params", &array(params))
        }
        Task::Redeem { client, response, transaction } => {
            kind("redeem").text("client", client).text("response", response).text("transaction", transaction)
        }
        Task::Refresh { client, tokens } => kind("refresh").text("client", client).text("tokens", tokens),
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
    match &visit.session {
        Some(session) => json.json("session", &self::session(auth, session)),
        None => json,
    }
}

/// What the wrapper shows of a session, and the whole of it in `record`.
fn session(auth: &WebAuth, session: &Session) -> String {
    let tokens = session.tokens().and_then(|json| Tokens::from_json(json, 0));
    JsonWriter::new()
        .text("record", &session.to_json())
        .json("user", session.claims())
        .json("data", session.data())
        .text("issuer", session.issuer())
        .text("subject", session.subject())
        .number("expiresAt", session.idle_until())
        .text("logoutUrl", &auth.logout_path(session))
        .text_if("client", auth.client(session.client()))
        .text_if("accessToken", tokens.as_ref().and_then(|tokens| tokens.access_token.as_deref()))
        .text_if("tokenType", tokens.as_ref().and_then(|tokens| tokens.token_type.as_deref()))
        .end()
}

fn failed(json: JsonWriter, failure: &Failure) -> JsonWriter {
    let message = match failure.code {
        ErrorCode::SessionInvalid => Error::SessionInvalid,
        ErrorCode::SessionRefreshNeeded => Error::SessionRefreshNeeded,
        ErrorCode::SessionEnded => Error::SessionEnded,
        ErrorCode::RefreshUnavailable => Error::RefreshUnavailable,
        ErrorCode::StoreUnavailable => Error::StoreUnavailable,
        _ => Error::InternalError,
    };
    json.text("code", failure.code.as_str())
        .number("status", failure.code.status().into())
        .text("message", &message.to_string())
}
