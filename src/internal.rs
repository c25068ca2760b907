//! What the bindings in `wasm/` need and programs do not. No part of the public API: it changes without notice.

pub use crate::client::bindings::{
    accept_claims, accept_userinfo, call_url, expectations, logout_token, origin, pushed_parts, pushed_response,
    refresh_check, signed_userinfo, token_status, wants_nonce,
};
pub use crate::client::profile_request::{identifier, identifier_in};
pub use crate::client::transaction::Member;
pub use crate::encoding::base64url::{decode as from_base64url, encode as base64url};
pub use crate::encoding::json::writer::{JsonWriter, array, quote};
pub use crate::encoding::json::{Members, Value, WrongType, parse_object};
#[cfg(feature = "engine")]
pub use crate::engine::engine_key::EngineKey;
pub use crate::jose::algorithm::host_parameters::{NodeParameters, WebAlgorithm, WebParameters};
pub use crate::keys::known_answers::KnownAnswer;
pub use crate::resource_server::guard::Grants;
pub use crate::spa::{
    AfterFailure, Arrival, PageSession, PageStep, after_failure, arrival, dead_sign_ins, provider_offset, resource_at,
};
pub use crate::verify::attempt::Next;
pub use crate::verify::cached_verifier::{CachedVerifier, Outcome};
pub use crate::verify::verdict_cache::Verdict;
pub use crate::verify::verifier::{Accepted, decode};
