//! Signing in on another device (RFC 8628).

use alloc::string::String;
use core::fmt;

use crate::client::answer::{
    MEMBER, address, invalid, is_unavailable, object, optional_seconds, optional_text, refusal, text,
};
use crate::client::call::Call;
use crate::client::client::Client;
use crate::client::grant::Grant;
use crate::client::http::HttpResponse;
use crate::client::jws::Identifiers;
use crate::client::token_response::TokenResponse;
use crate::encoding::form;
use crate::error::{ConfigError, Error, ServerResponseReason};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Seconds between two questions, where the server does not say (§3.5).
const INTERVAL: u64 = 5;

/// Seconds by which the interval grows where the server says `slow_down` (§3.5), or cannot answer.
const BACK_OFF: u64 = 5;

/// The longest interval in seconds: a server that wants a longer one would have the user wait for nothing.
const MAX_INTERVAL: u64 = 300;

/// The longest life of a device code in seconds that is believed.
const MAX_LIFETIME: u64 = 24 * 60 * 60;

/// What to show the user (RFC 8628 §3.2), and the state of the waiting.
///
/// Ask [`DeviceAuthorization::next`] what to do, and give the responses to [`DeviceAuthorization::response`].
///
/// # Example
/// ```
/// use countersign::client::{Client, DeviceStep, HttpResponse, Server};
///
/// # let (entropy, mut now) = ([7; 32], 1_800_000_000);
/// let mut server = Server::new("https://id.example");
/// server.token_endpoint = Some("https://id.example/token".into());
/// server.device_authorization_endpoint = Some("https://id.example/device".into());
/// let client = Client::builder(server, "tv").build()?;
/// let call = client.device_request(Some("openid"), &[], &entropy, now)?;
/// # let body = br#"{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://id.example/go","expires_in":600}"#;
/// let mut device = client.device_response(&HttpResponse::new(200, body), &entropy, now)?;
/// println!("Go to {} and enter {}", device.verification_uri, device.user_code);
///
/// assert_eq!(device.next(now), DeviceStep::Wait { seconds: 5 });
/// now += 5;
/// assert_eq!(device.next(now), DeviceStep::Ask);
/// let call = client.device_token_request(&mut device, now)?;
/// # let body = br#"{"error":"authorization_pending"}"#;
/// assert_eq!(device.response(&client, &HttpResponse::new(400, body), now)?, None);
/// assert_eq!(device.next(now), DeviceStep::Wait { seconds: 5 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DeviceAuthorization {
    /// The code that the user enters
    pub user_code: String,
    /// The address to go to
    pub verification_uri: String,
    /// The same with the code in it, for a QR code
    pub verification_uri_complete: Option<String>,
    /// Seconds since the epoch
    pub expires_at: u64,
    device_code: String,
    interval: u64,
    next_at: u64,
    ids: Identifiers,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceStep {
    /// Wait for so long, then ask what to do again
    Wait {
        /// Seconds
        seconds: u64,
    },
    /// Make the request of [`Client::device_token_request`]
    Ask,
    /// Begin anew: the codes have expired
    Expired,
}

impl Client {
    /// The request that begins a sign-in on another device (RFC 8628 §3.1). `entropy` is as for [`Client::code_request`].
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no endpoint for it, or a parameter is one that the client sets itself.
    pub fn device_request(
        &self,
        scope: Option<&str>,
        params: &[(&str, &str)],
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<Call, ConfigError> {
        let name = "device_authorization_endpoint";
        let url = self.endpoint(name, self.server.device_authorization_endpoint.as_deref())?;
        let mut form = String::new();
        if let Some(scope) = scope {
            form::append(&mut form, "scope", scope);
        }
        for (name, value) in params {
            if matches!(
                *name,
                "" | "scope" | "client_id" | "client_secret" | "client_assertion" | "client_assertion_type"
            ) {
                let problem = "names a parameter that this library sets itself, or none";
                return Err(ConfigError { option: "params", problem });
            }
            form::append(&mut form, name, value);
        }
        Ok(self.call(url, None, form, entropy, now))
    }

    /// Reads the response to [`Client::device_request`]. `entropy` is 32 bytes of a cryptographic random number generator,
    /// never used before, for the requests to come.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] with what the server reported, [`Error::ServerUnavailable`],
    /// [`Error::ServerResponseInvalid`] for what is no response of this endpoint: an address that is not https is none.
    pub fn device_response(
        &self,
        response: &HttpResponse<'_>,
        entropy: &[u8; 32],
        now: u64,
    ) -> Result<DeviceAuthorization, Error> {
        if response.status != 200 {
            return Err(refusal(response));
        }
        let members = object(response)?;
        // `verification_url` is what Google calls it.
        let uri = match optional_text(&members, "verification_uri")? {
            Some(uri) => uri,
            None => text(&members, "verification_url")?,
        };
        let lifetime = optional_seconds(&members, "expires_in")?.filter(|seconds| *seconds > 0).ok_or(MEMBER)?;
        let interval = optional_seconds(&members, "interval")?.unwrap_or(INTERVAL).max(1);
        if interval > MAX_INTERVAL {
            return Err(invalid(ServerResponseReason::Member));
        }
        Ok(DeviceAuthorization {
            device_code: text(&members, "device_code")?,
            user_code: text(&members, "user_code")?,
            verification_uri: address(uri)?,
            verification_uri_complete: optional_text(&members, "verification_uri_complete")?
                .map(address)
                .transpose()?,
            expires_at: now.saturating_add(lifetime.min(MAX_LIFETIME)),
            interval,
            next_at: now.saturating_add(interval),
            ids: Identifiers::new(entropy),
        })
    }

    /// The question whether the user has agreed (RFC 8628 §3.4).
    ///
    /// # Errors
    /// [`ConfigError`] when the server has no token endpoint.
    pub fn device_token_request(&self, device: &mut DeviceAuthorization, now: u64) -> Result<Call, ConfigError> {
        let grant = Grant::new(GRANT_TYPE).param("device_code", device.device_code.as_str());
        // As long as the request is under way, nobody asks again.
        device.next_at = now.saturating_add(device.interval);
        self.grant_request(&grant, &device.ids.seed(), now)
    }
}

impl DeviceAuthorization {
    /// What to do next. `now` is in seconds since the epoch.
    pub const fn next(&self, now: u64) -> DeviceStep {
        if now >= self.expires_at {
            DeviceStep::Expired
        } else {
            match self.next_at.saturating_sub(now) {
                0 => DeviceStep::Ask,
                // The clock was set back: whoever waits for it to come here again waits for days.
                left if left > self.interval.saturating_mul(2) => DeviceStep::Ask,
                seconds => DeviceStep::Wait { seconds },
            }
        }
    }

    /// Takes the response to [`Client::device_token_request`]: the tokens, or `None` as long as the user has yet to decide.
    ///
    /// # Errors
    /// [`Error::TokenEndpointError`] when it is over: `access_denied`, `expired_token`, or what else the server reports.
    /// [`Error::TokenResponseInvalid`] for what is no token response. A server that cannot answer is asked again, later.
    pub fn response(
        &mut self,
        client: &Client,
        response: &HttpResponse<'_>,
        now: u64,
    ) -> Result<Option<TokenResponse>, Error> {
        match client.read_tokens(false, response) {
            Ok(tokens) => Ok(Some(tokens)),
            Err(Error::TokenEndpointError { error, .. }) if error == "authorization_pending" => {
                self.next_at = now.saturating_add(self.interval);
                Ok(None)
            }
            Err(Error::TokenEndpointError { error, .. }) if error == "slow_down" => {
                self.back_off(now);
                Ok(None)
            }
            Err(Error::ServerUnavailable(_)) if is_unavailable(response.status) => {
                self.back_off(now);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Says that the request failed: there is no response (§3.5).
    pub const fn failed(&mut self, now: u64) {
        self.back_off(now);
    }

    const fn back_off(&mut self, now: u64) {
        let longer = self.interval.saturating_add(BACK_OFF);
        self.interval = if longer > MAX_INTERVAL { MAX_INTERVAL } else { longer };
        self.next_at = now.saturating_add(self.interval);
    }
}

impl fmt::Debug for DeviceAuthorization {
    /// Without the codes: they are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("verification_uri", &self.verification_uri)
            .field("expires_at", &self.expires_at)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
