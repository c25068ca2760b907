//! What an application hears of decisions, and answers in the guard's place.

use std::sync::Arc;
use std::time::Duration;

use countersign::ErrorCode;
use http::request::Parts;
use http::{Method, Response};

use crate::auth::Identity;
use crate::caught::caught;
use crate::clock::Stopwatch;
use crate::refused::Refused;

/// What a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was let in, by its token.
    Accepted,
    /// It has no token, and was let in.
    Anonymous,
    /// It was refused (4xx).
    Refused,
    /// It could not be judged (5xx).
    NotJudged,
}

/// What a guard decided, for metrics. No token is in it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// What the request came to
    pub outcome: Outcome,
    /// Why it was refused
    pub code: Option<ErrorCode>,
    /// The issuer of the token, where it was accepted
    pub issuer: Option<&'a str>,
    /// How long it took, where there is a clock
    pub duration: Option<Duration>,
}

type OnDecision = dyn Fn(&Decision<'_>) + Send + Sync;
type OnRefusal = dyn Fn(&Refused, &Parts) -> Option<Response<String>> + Send + Sync;

#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) on_decision: Option<Arc<OnDecision>>,
    pub(crate) on_refusal: Option<Arc<OnRefusal>>,
}

impl Hooks {
    /// `None` where nobody wants to know.
    pub(crate) fn begin(&self) -> Option<Stopwatch> {
        self.on_decision.as_ref().map(|_| Stopwatch::start())
    }

    pub(crate) fn tell_admitted(&self, identity: Option<&Identity>, begun: Option<Stopwatch>) {
        let outcome = if identity.is_some() { Outcome::Accepted } else { Outcome::Anonymous };
        let issuer = identity.and_then(|identity| identity.claims().issuer());
        self.tell(outcome, None, issuer, begun);
    }

    pub(crate) fn tell_refused(&self, refused: &Refused, begun: Option<Stopwatch>) {
        let outcome = if refused.status().is_server_error() { Outcome::NotJudged } else { Outcome::Refused };
        self.tell(outcome, Some(refused.code()), None, begun);
    }

    fn tell(&self, outcome: Outcome, code: Option<ErrorCode>, issuer: Option<&str>, begun: Option<Stopwatch>) {
        if let Some(hook) = &self.on_decision {
            let duration = begun.and_then(Stopwatch::elapsed);
            // Metrics decide nothing.
            let _told: Option<()> = caught("on_decision", || hook(&Decision { outcome, code, issuer, duration }));
        }
    }

    /// The answer to a refusal. Whatever the hook does, it stays one.
    pub(crate) fn answer<B: From<String>>(&self, refused: Refused, parts: &Parts) -> Response<B> {
        let own = self.on_refusal.as_ref().and_then(|hook| caught("on_refusal", || hook(&refused, parts)).flatten());
        match own {
            Some(own) => {
                let is_head = parts.method == Method::HEAD;
                let mut own = own.map(|body| B::from(if is_head { String::new() } else { body }));
                own.extensions_mut().insert(refused.code());
                own
            }
            None => refused.response(&parts.method),
        }
    }
}
