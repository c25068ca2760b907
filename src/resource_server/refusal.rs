//! The answer to a request that is refused.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::json::writer::JsonWriter;
use crate::error::ErrorCode;
use crate::jwks_cache::FAILURE_BACKOFF;
use crate::resource_server::challenge::{self, Answer};
use crate::resource_server::guard::Guard;
use crate::resource_server::metadata::Resource;
use crate::resource_server::requirement::Requirement;

/// The answer to a request that is refused (4xx), or whose token could not be judged (5xx).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status
    pub status: u16,
    /// The header fields, by their names
    pub headers: Vec<(&'static str, String)>,
    /// The body, in JSON: `{ error, error_description, code? }`
    pub body: String,
}

impl Refusal {
    /// A header field by its name, in this very spelling.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }
}

impl Guard {
    /// The answer to a request that was refused with this code. It depends on nothing else of the error, so that no cause
    /// and no address gets out.
    ///
    /// 401 and 403 come with a challenge where another token would help, 503 with `Retry-After` in seconds. Pages of other
    /// origins may read these fields where the application's own CORS rules let them read the answer.
    pub fn refusal(&self, code: ErrorCode, requirement: &Requirement) -> Refusal {
        let (answer, status) = (Answer::to(code), code.status());
        let mut headers = Vec::new();
        if answer.challenge {
            let metadata_url = self.resource.as_ref().map(Resource::metadata_url);
            headers.push((
                "WWW-Authenticate",
                challenge::challenges(answer, code, requirement, metadata_url, self.dpop.as_ref()),
            ));
        }
        if status == 503 {
            headers.push(("Retry-After", FAILURE_BACKOFF.to_string()));
        }
        headers.push(("Content-Type", "application/json".to_string()));
        headers.push(("Cache-Control", "no-store".to_string()));
        let exposed = match &self.dpop {
            Some(_) => "WWW-Authenticate, Retry-After, DPoP-Nonce",
            None => "WWW-Authenticate, Retry-After",
        };
        headers.push(("Access-Control-Expose-Headers", exposed.to_string()));
        let mut body = JsonWriter::new();
        if let Some(error) = answer.error {
            body = body.text("error", error);
        }
        body = body.text("error_description", answer.description);
        if status < 500 {
            body = body.text("code", code.as_str());
        }
        Refusal { status, headers, body: body.end() }
    }

    /// [`Guard::refusal`], with the nonce that [`ErrorCode::DpopNonceRequired`] asks for. `now` is in seconds since the epoch.
    pub fn refusal_at(&self, code: ErrorCode, requirement: &Requirement, now: u64) -> Refusal {
        let mut refusal = self.refusal(code, requirement);
        if code == ErrorCode::DpopNonceRequired {
            refusal.headers.extend(self.dpop_nonce(now).map(|nonce| ("DPoP-Nonce", nonce)));
        }
        refusal
    }
}
