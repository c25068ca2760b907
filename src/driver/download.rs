//! Downloads with `reqwest`, within the limits of a request.

use std::time::Duration;
use std::vec::Vec;

use reqwest::{Client, Response, redirect};

use crate::error::{Error, UnavailableReason};
use crate::jwks_cache::FetchRequest;

/// A client that follows no redirect. It has no HTTP cache and sends no credentials.
pub(super) fn client() -> Result<Client, Error> {
    Client::builder().redirect(redirect::Policy::none()).build().map_err(|_| Error::InternalError)
}

/// The status and the body of one response.
pub(super) async fn download(client: &Client, request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
    // Until the last byte of the body.
    let timeout = Duration::from_secs(request.timeout);
    let sent = client.get(&request.url).header("accept", "application/json").timeout(timeout).send().await;
    let response = sent.map_err(reason)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(UnavailableReason::Redirect);
    }
    Ok((status.as_u16(), read(response, request.max_bytes).await?))
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
pub(super) fn download_blocking(client: &Client, request: &FetchRequest) -> Result<(u16, Vec<u8>), UnavailableReason> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|_| UnavailableReason::Network)?.block_on(download(client, request))
}

#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn reason(error: reqwest::Error) -> UnavailableReason {
    if error.is_timeout() { UnavailableReason::Timeout } else { UnavailableReason::Network }
}
