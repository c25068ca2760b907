//! Code of the application's that panics decides nothing.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use crate::timeout::within;
use crate::verifier::BoxFuture;

/// What a call answers. `None`: it has panicked, of which there is a line in the log.
pub(crate) fn caught<T>(name: &'static str, call: impl FnOnce() -> T) -> Option<T> {
    // Nothing that the call has changed is looked at afterwards.
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| tracing::error!(name, "code of the application has panicked")).ok()
}

/// The same of a future, which may take so long. `None`: it has panicked, or took longer.
pub(crate) async fn caught_within<T>(name: &'static str, limit: Duration, future: BoxFuture<'_, T>) -> Option<T> {
    let output = caught_future(name, Box::pin(within(limit, future))).await?;
    if output.is_none() {
        tracing::warn!(name, seconds = limit.as_secs(), "code of the application has taken too long");
    }
    output
}

/// The same of a future.
pub(crate) async fn caught_future<T>(name: &'static str, mut future: BoxFuture<'_, T>) -> Option<T> {
    poll_fn(|context| match caught(name, || future.as_mut().poll(context)) {
        Some(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Some(Poll::Pending) => Poll::Pending,
        None => Poll::Ready(None),
    })
    .await
}
