//! A verifier whose keys come by the `fetch` of the host.

use std::time::Duration;

use countersign::RemoteVerifier;
use countersign::error::UnavailableReason;
use countersign::jwks_cache::{Action, Event, FetchRequest};
use countersign::verify::{Attempt, Step};
use countersign_tower::{BoxFuture, TokenVerifier, Verdict};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use worker::send::SendFuture;
use worker::{CacheMode, Delay, Fetch, Headers, Request, RequestInit, RequestRedirect};

use crate::now;

/// Makes the requests of a [`RemoteVerifier`], and waits.
pub struct Remote(pub RemoteVerifier);

impl TokenVerifier for Remote {
    fn verify<'a>(&'a self, token: &'a str, _now: u64) -> BoxFuture<'a, Verdict> {
        // A Worker has one thread: what is of JavaScript never leaves it.
        Box::pin(SendFuture::new(async move {
            let mut attempt = Attempt::default();
            loop {
                match self.0.step(&mut attempt, token, None, now()) {
                    Step::Done(verdict) => return verdict,
                    Step::Fetch { request, .. } => self.perform(request).await,
                    // The request is another call's, whose promise is not ours to wait for.
                    Step::Wait { at_most } => Delay::from(at_most.min(Duration::from_millis(100))).await,
                    _ => return Err(UnavailableReason::NotLoaded.into()),
                }
            }
        }))
    }
}

impl Remote {
    async fn perform(&self, mut request: FetchRequest) {
        loop {
            let timeout = Delay::from(Duration::from_secs(request.timeout));
            let response = match select(Box::pin(get(&request)), timeout).await {
                Either::Left((response, _)) => response,
                Either::Right(_) => Err(UnavailableReason::Timeout),
            };
            let event = match &response {
                Ok((status, body)) => Event::Response { id: request.id, status: *status, body },
                Err(reason) => Event::Failed { id: request.id, reason: *reason },
            };
            match self.0.handle(event, now()) {
                Action::Fetch { request: next, .. } => request = next,
                _ => return,
            }
        }
    }
}

/// The status and the body: no redirect is followed, and no HTTP cache asked.
async fn get(request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
    let network = |_| UnavailableReason::Network;
    let headers = Headers::new();
    headers.set("accept", "application/json").map_err(network)?;
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual).with_cache(CacheMode::NoStore).with_headers(headers);
    let request_to = Request::new_with_init(&request.url, &init).map_err(network)?;
    let mut response = Fetch::Request(request_to).send().await.map_err(network)?;
    let status = response.status_code();
    if (300..400).contains(&status) {
        return Err(UnavailableReason::Redirect);
    }
    let mut body = Vec::new();
    let mut stream = response.stream().map_err(network)?;
    while let Some(chunk) = stream.next().await {
        body.extend(chunk.map_err(network)?);
        if body.len() > request.max_bytes {
            return Err(UnavailableReason::TooLarge);
        }
    }
    Ok((status, body))
}
