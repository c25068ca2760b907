//! A Cloudflare Worker in Rust whose route only holders of a good access token see.

mod keys;

use std::sync::OnceLock;

use countersign::resource_server::{self, Requirement};
use countersign::{RemoteVerifier, Verifier};
use countersign_tower::Guard;
use worker::{Context, Date, Env, Error, HttpRequest, Result, event};

/// Made by the first request, which is the first to have the variables.
static GUARD: OnceLock<Guard> = OnceLock::new();

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _context: Context) -> Result<http::Response<String>> {
    let guard = match GUARD.get() {
        Some(guard) => guard,
        None => {
            let made = guard_of(&env)?;
            GUARD.get_or_init(|| made)
        }
    };
    let (parts, _body) = request.into_parts();
    if let Some(metadata) = guard.metadata_response(&parts) {
        return Ok(metadata);
    }
    match guard.authenticate(&parts).await {
        Ok(auth) => {
            let subject = auth.as_ref().and_then(|auth| auth.subject()).unwrap_or("nobody");
            Ok(http::Response::new(format!("Hello, {subject}")))
        }
        Err(refused) => Ok(refused.response(&parts.method)),
    }
}

fn guard_of(env: &Env) -> Result<Guard> {
    let issuer = env.var("ISSUER")?.to_string();
    let resource = env.var("RESOURCE")?.to_string();
    let wrong = |error: countersign::ConfigError| Error::RustError(error.to_string());
    let verifier = Verifier::builder().issuer(&issuer).audience(&resource).build().map_err(wrong)?;
    let remote = RemoteVerifier::new(verifier, &Default::default()).map_err(wrong)?;
    let rules = resource_server::Guard::builder().resource(resource).authorization_server(issuer).build();
    let guard = Guard::new(rules.map_err(wrong)?, keys::Remote(remote)).clock(now);
    guard.with(&Requirement::default().scope("notes:read")).map_err(wrong)
}

/// Seconds since 1970.
fn now() -> u64 {
    Date::now().as_millis() / 1000
}
