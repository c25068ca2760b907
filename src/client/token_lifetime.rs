//! The life of an access token, by the clock of the program that received it.

use crate::client::answer::whole;
use crate::client::token_response::TokenResponse;

impl TokenResponse {
    /// When the access token expires, in seconds since the epoch, by this program's clock: `received_at` is when the
    /// response came. `None` where the server does not say, which is not for ever.
    pub fn expires_at(&self, received_at: u64) -> Option<u64> {
        whole(self.expires_in?).map(|seconds| received_at.saturating_add(seconds))
    }

    /// When to refresh: a minute before the access token expires, or a tenth of its life where that is more.
    pub fn refresh_at(&self, received_at: u64) -> Option<u64> {
        Some(refresh_at(received_at, whole(self.expires_in?)?))
    }
}

/// When to refresh an access token that was received with so many seconds to live.
pub(crate) const fn refresh_at(received_at: u64, life: u64) -> u64 {
    let margin = life / 10;
    received_at.saturating_add(life.saturating_sub(if margin > 60 { margin } else { 60 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_counted_from_the_receipt() {
        let times = |seconds: &str| {
            let body = alloc::format!(r#"{{"access_token":"a","token_type":"Bearer"{seconds}}}"#);
            let tokens = TokenResponse::parse(200, body.as_bytes()).unwrap();
            (tokens.expires_at(1000), tokens.refresh_at(1000))
        };
        assert_eq!(times(r#","expires_in":3600"#), (Some(4600), Some(4240)));
        assert_eq!(times(r#","expires_in":"300""#), (Some(1300), Some(1240)));
        assert_eq!(times(r#","expires_in":30"#), (Some(1030), Some(1000)));
        assert_eq!(times(r#","expires_in":1e300"#), (None, None));
        assert_eq!(times(""), (None, None));
    }
}
