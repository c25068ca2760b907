//! Downloads with `reqwest`, within the limits of a request.

use std::time::Duration;
use std::vec::Vec;

use reqwest::{Client, Response, redirect};

use crate::driver::FetchedResponse;
use crate::error::{Error, UnavailableReason};
use crate::jwks_cache::FetchRequest;

/// A client that follows no redirect. It has no HTTP cache and sends no credentials.
pub(super) fn client() -> Result<Client, Error> {
    Client::builder().redirect(redirect::Policy::none()).build().map_err(|_| Error::InternalError)
}

/// One response.
pub(super) async fn download(client: &Client, request: &FetchRequest) -> Result<FetchedResponse, UnavailableReason> {
    // Until the last byte of the body.
    let timeout = Duration::from_secs(request.timeout);
    let mut sent = client.get(&request.url).header("accept", "application/json").timeout(timeout);
    if let Some(tag) = &request.if_none_match {
        sent = sent.header("if-none-match", tag);
    }
    let response = sent.send().await.map_err(reason)?;
    let status = response.status();
    if status.is_redirection() && status.as_u16() != 304 {
        return Err(UnavailableReason::Redirect);
    }
    let field = |name| {
        let values: Vec<&str> =
            response.headers().get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let (cache_control, age, etag) = (field("cache-control"), field("age"), field("etag"));
    let body = read(response, request.max_bytes).await?;
    Ok(FetchedResponse { status: status.as_u16(), body, cache_control, age, etag })
}

/// The body, unless it is larger than that.
pub(super) async fn read(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, UnavailableReason> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reason)? {
        if chunk.len() > max_bytes.saturating_sub(body.len()) {
            return Err(UnavailableReason::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// [`download`] on a thread without an asynchronous runtime.
pub(super) fn download_blocking(client: &Client, request: &FetchRequest) -> Result<FetchedResponse, UnavailableReason> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|_| UnavailableReason::Network)?.block_on(download(client, request))
}

#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn reason(error: reqwest::Error) -> UnavailableReason {
    if error.is_timeout() { UnavailableReason::Timeout } else { UnavailableReason::Network }
}
