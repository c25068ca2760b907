//! A guard: what a verified token may do, and the answers to requests that are refused.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::ErrorCode;
use countersign::dpop::Dpop;
use countersign::error::Error;
use countersign::internal::{Grants, JsonWriter, Members, array, parse_object, quote};
use countersign::resource_server::{
    self, GuardBuilder, Presentation, RequestContext, Requirement, Scheme, from_authorization,
    from_authorization_of_any_scheme, from_cookie, from_header, from_websocket,
};
use countersign::verify::Limits;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::errors::{misconfigured, to_js_error};
use crate::fields::seconds;
use crate::fields::{self, JsonFields};
use crate::memory;

/// The rules of a protected resource, and what its operations require, by numbers.
#[wasm_bindgen]
pub struct Guard {
    pub(crate) rules: resource_server::Guard,
    requirements: Vec<Option<Requirement>>,
}

#[wasm_bindgen]
impl Guard {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, nonce_secret: Option<Vec<u8>>) -> Result<Guard, JsValue> {
        let secret = nonce_secret.map(Zeroizing::new);
        let builder = fields::read(options, |fields| builder(fields, secret.as_deref().map(Vec::as_slice)))?;
        let rules = builder.build().map_err(misconfigured)?;
        Ok(Self { rules, requirements: Vec::new() })
    }

    /// Keeps a requirement, `{ optional?, scope?, anyScope?, permissions?, acr?, maxAge? }`, inside of another one if there
    /// is one. Throws for an impossible one.
    pub fn require(&mut self, json: &str, outer: Option<usize>) -> Result<usize, JsValue> {
        let inner = read_requirement(json)?;
        inner.check().map_err(misconfigured)?;
        let requirement = match outer {
            Some(outer) => self.requirement(outer)?.clone().and(&inner).map_err(misconfigured)?,
            None => inner,
        };
        let free = self.requirements.iter().position(Option::is_none);
        let number = free.unwrap_or(self.requirements.len());
        match self.requirements.get_mut(number) {
            Some(slot) => *slot = Some(requirement),
            None => self.requirements.push(Some(requirement)),
        }
        Ok(number)
    }

    /// Forgets a requirement.
    pub fn release(&mut self, requirement: usize) {
        if let Some(slot) = self.requirements.get_mut(requirement) {
            *slot = None;
        }
    }

    #[wasm_bindgen(js_name = isOptional)]
    pub fn is_optional(&self, requirement: usize) -> Result<bool, JsValue> {
        self.requirement(requirement).map(Requirement::is_optional)
    }

    /// Throws what makes the claims, which are in the input buffer, too little for the requirement. Only those that the
    /// options name are needed, with `cnf`, `acr` and `auth_time`. The thumbprints are those of the key of a proof that
    /// holds, and of the client certificate.
    #[allow(clippy::needless_pass_by_value, reason = "an optional text is passed so")]
    pub fn authorize(
        &self,
        length: usize,
        requirement: usize,
        now: f64,
        key: Option<String>,
        certificate: Option<String>,
    ) -> Result<(), JsValue> {
        let presentation = Presentation::from_parts(key.as_deref(), certificate.as_deref());
        let requirement = self.requirement(requirement)?;
        memory::with_input(length, |claims| {
            let claims = str::from_utf8(claims).map_err(|_| Error::InternalError)?;
            self.rules.judge(&read_claims(claims)?, presentation, requirement, seconds(now))
        })
        .map_err(to_js_error)
    }

    /// `{ scopes, permissions, clientId? }` of the claims
    pub fn grants(&self, claims: &str) -> Result<String, JsValue> {
        let claims = read_claims(claims).map_err(to_js_error)?;
        let Grants { scopes, permissions, client_id } = self.rules.grants(&claims);
        let list = |texts: Vec<&str>| array(texts.into_iter().map(quote));
        let grants = JsonWriter::new().json("scopes", &list(scopes)).json("permissions", &list(permissions));
        Ok(grants.text_if("clientId", client_id).end())
    }

    /// Throws if the context, `{ method, upgrade, secFetchSite?, origin?, csrfHeader? }`, is not one for cookies.
    #[wasm_bindgen(js_name = checkContext)]
    pub fn check_context(&self, context: &str) -> Result<(), JsValue> {
        fields::read(context, |fields| {
            let texts = ["method", "secFetchSite", "origin", "csrfHeader"].map(|name| fields.text(name));
            let [method, site, origin, csrf] = &texts;
            let mut context = RequestContext::new(method.as_deref().unwrap_or_default());
            context.upgrade = fields.flag("upgrade").unwrap_or_default();
            context.sec_fetch_site = site.as_deref();
            context.origin = origin.as_deref();
            context.csrf_header = csrf.as_deref();
            self.rules.check_context(&context)
        })?
        .map_err(to_js_error)
    }

    /// `{ status, headers, body }` for a code. One that is not the caller's fault by its `status` is answered as an error of
    /// ours.
    pub fn refusal(&self, code: &str, status: u16, requirement: usize, now: f64) -> Result<String, JsValue> {
        let code = ErrorCode::from_name(code).filter(|code| status < 500 || code.status() >= 500);
        let (code, requirement) = (code.unwrap_or(ErrorCode::InternalError), self.requirement(requirement)?);
        let refusal = self.rules.refusal_at(code, requirement, seconds(now));
        let headers = refusal.headers.iter().map(|(name, value)| (*name, value.as_str()));
        Ok(response(refusal.status, headers, &refusal.body))
    }

    /// `{ status, headers, body }` for a request for the metadata
    #[wasm_bindgen(js_name = metadataResponse)]
    pub fn metadata_response(&self, method: &str, path: &str) -> Option<String> {
        let answer = self.rules.metadata_response(method, path)?;
        Some(response(answer.status, answer.headers.iter().copied(), &answer.body))
    }
}

impl Guard {
    fn requirement(&self, number: usize) -> Result<&Requirement, JsValue> {
        let requirement = self.requirements.get(number).and_then(Option::as_ref);
        requirement.ok_or_else(|| to_js_error(Error::InternalError))
    }
}

/// Whether a request asks whether another may be made (a preflight of CORS), which never has credentials.
#[wasm_bindgen(js_name = isPreflight)]
pub fn is_preflight(method: &str, has_origin: bool, has_request_method: bool) -> bool {
    resource_server::is_preflight(method, has_origin, has_request_method)
}

/// Finds the token in the input buffer, which has the header fields of one name, a line each, by their kind: 0
/// `Authorization`, 1 a field of its own, 2 `Cookie`, 3 `Sec-WebSocket-Protocol`, 4 a field that a proxy sets, 5
/// `Authorization` where proofs are accepted: then the scheme and a space come before the token. Publishes it. False: there
/// is none.
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value, reason = "an optional text is passed so")]
pub fn credentials(kind: u8, name: Option<String>, length: usize) -> Result<bool, JsValue> {
    let name = name.as_deref().unwrap_or_default();
    memory::with_input(length, |lines| {
        let lines = str::from_utf8(lines).map_err(|_| Error::InternalError)?;
        let values: Vec<&str> = lines.split('\n').collect();
        if kind == 5 {
            let found = from_authorization_of_any_scheme(&values)?;
            if let Some((scheme, token)) = found {
                memory::write_text(&[if scheme == Scheme::DPoP { "DPoP " } else { "Bearer " }, token]);
            }
            return Ok(found.is_some());
        }
        let token = match kind {
            0 => from_authorization(&values),
            1 | 4 => from_header(&values),
            2 => from_cookie(&values, name),
            _ => from_websocket(&values, name),
        }?;
        if let Some(token) = token {
            memory::publish(token.as_bytes());
        }
        Ok(token.is_some())
    })
    .map_err(to_js_error)
}

fn builder(fields: JsonFields<'_>, nonce_secret: Option<&[u8]>) -> GuardBuilder {
    let mut builder = resource_server::Guard::builder();
    if let Some(resource) = fields.text("resource") {
        builder = builder.resource(resource);
    }
    if let Some(json) = fields.text("metadata") {
        builder = builder.more_metadata(json);
    }
    if let Some(seconds) = fields.number("clockTolerance") {
        builder = builder.clock_tolerance(seconds);
    }
    if let Some(required) = fields.flag("dpopRequired") {
        let mut options = if required { Dpop::required() } else { Dpop::allowed() };
        if let Some(seconds) = fields.number("proofLifetime") {
            options = options.proof_lifetime(seconds);
        }
        builder = builder.dpop(match nonce_secret {
            Some(secret) => options.nonce_secret(secret),
            None => options,
        });
    }
    builder = builder.certificate_bound_tokens(fields.flag("certificateBoundTokens").unwrap_or_default());
    builder = builder.metadata_at_root(fields.flag("metadataAtRoot").unwrap_or(true));
    let texts = |name| fields.texts(name).unwrap_or_default();
    let lists = |name| fields.lists(name).unwrap_or_default();
    builder = texts("authorizationServers").into_iter().fold(builder, GuardBuilder::authorization_server);
    builder = texts("origins").into_iter().fold(builder, GuardBuilder::origin);
    builder = lists("scopes").into_iter().fold(builder, GuardBuilder::scope_claim);
    builder = lists("permissions").into_iter().fold(builder, GuardBuilder::permission_claim);
    lists("implies").into_iter().fold(builder, |builder, mut list| {
        let implied = list.split_off(list.len().min(1));
        builder.implies(list.pop().unwrap_or_default(), implied)
    })
}

fn read_requirement(json: &str) -> Result<Requirement, JsValue> {
    fields::read(json, |fields| {
        let mut requirement = Requirement::default();
        if fields.flag("optional").unwrap_or_default() {
            requirement = requirement.optional();
        }
        let texts = |name| fields.texts(name).unwrap_or_default();
        requirement = texts("scope").into_iter().fold(requirement, Requirement::scope);
        requirement = texts("permissions").into_iter().fold(requirement, Requirement::permission);
        let any = fields.lists("anyScope").unwrap_or_default();
        requirement = any.into_iter().fold(requirement, Requirement::any_scope);
        if let Some(values) = fields.texts("acr") {
            requirement = requirement.acr(values);
        }
        if let Some(seconds) = fields.number("maxAge") {
            requirement = requirement.max_age(seconds);
        }
        requirement
    })
}

/// The claims that JavaScript picked from those of a verified token, so that they are well-formed.
fn read_claims(json: &str) -> Result<Members<'_>, Error> {
    parse_object(json, Limits::MAX.payload_depth).map_err(|_| Error::InternalError)
}

fn response<'a>(status: u16, headers: impl Iterator<Item = (&'a str, &'a str)>, body: &str) -> String {
    let headers = headers.map(|(name, value)| array([quote(name), quote(value)].into_iter()));
    JsonWriter::new().number("status", status.into()).json("headers", &array(headers)).text("body", body).end()
}
