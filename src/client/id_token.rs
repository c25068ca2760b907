//! ID tokens, as the client that asked for them judges them (OpenID Connect Core §3.1.3.7, §12.2).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;

use subtle::ConstantTimeEq;

use crate::client::client::Client;
use crate::client::token_response::TokenResponse;
use crate::client::transaction::Transaction;
use crate::encoding::json::Value;
use crate::error::{ClaimReason, Error};
use crate::verify::attempt::Attempt;
use crate::verify::builder::VerifierBuilder;
use crate::verify::claims::{Claims, ReadClaims};
use crate::verify::expectations::Expectations;
use crate::verify::profile::Profile;
use crate::verify::remote_verifier::{RemoteVerifier, Step};
use crate::verify::verifier::{VerifiedToken, Verifier};

/// What an ID token is compared with: the sign-in that it answers, or the one before it.
#[derive(Clone, Debug)]
pub struct IdTokenCheck {
    expectations: Expectations,
    nonce: Option<String>,
    /// The claims of the ID token before it, as JSON
    previous: Option<String>,
    /// Nothing is known of the sign-in, whose nonce some servers repeat.
    any_nonce: bool,
}

impl IdTokenCheck {
    /// The check of the ID token that comes at the end of a sign-in: nonce, the hashes of access token and code where they
    /// are there, and the time of the sign-in where `max_age` was asked for.
    pub fn sign_in(transaction: &Transaction, code: &str, tokens: &TokenResponse) -> Self {
        let expectations = Expectations {
            nonce: transaction.nonce.clone(),
            access_token: tokens.access_token.clone(),
            code: Some(code.to_owned()),
            max_age: transaction.max_age,
        };
        Self { expectations, nonce: transaction.nonce.clone(), previous: None, any_nonce: false }
    }

    /// The check of an ID token that comes where no browser carried a nonce: by device authorization, or for a password.
    pub fn without_nonce(tokens: &TokenResponse) -> Self {
        let expectations = Expectations { access_token: tokens.access_token.clone(), ..Expectations::default() };
        Self { expectations, nonce: None, previous: None, any_nonce: false }
    }

    /// The check of an ID token that comes for a refresh token of which nothing else is known: whose it was, is not compared.
    pub fn without_sign_in(tokens: &TokenResponse) -> Self {
        Self { any_nonce: true, ..Self::without_nonce(tokens) }
    }

    /// The check of an ID token that comes with refreshed tokens (§12.2): issuer, subject, `azp` and `auth_time` are those of
    /// the sign-in, and so is a nonce, if there is one.
    pub fn refresh(previous: &Claims, tokens: &TokenResponse) -> Self {
        Self::refresh_of(previous.json(), tokens)
    }

    pub(super) fn refresh_of(previous: &str, tokens: &TokenResponse) -> Self {
        let expectations = Expectations { access_token: tokens.access_token.clone(), ..Expectations::default() };
        let nonce = ReadClaims::new(previous).text("nonce").map(ToOwned::to_owned);
        Self { expectations, nonce, previous: Some(previous.to_owned()), any_nonce: false }
    }

    /// What the verifier compares.
    pub(crate) const fn expectations(&self) -> &Expectations {
        &self.expectations
    }
}

impl Client {
    /// Begins a verifier of the ID tokens of this client, for [`Client::verify_id_token`] and
    /// [`Client::step_id_token`]: add keys or algorithms, nothing else is needed. What it accepts by itself has not been
    /// compared with the sign-in yet.
    pub fn id_token_verifier(&self) -> VerifierBuilder {
        let builder = Verifier::builder()
            .issuer(&self.server.issuer)
            .audience(&self.client_id)
            .profile(Profile::IdToken)
            .accept_unchecked_nonce(true);
        let builder = match self.id_token_algorithm {
            Some(algorithm) => builder.algorithms([algorithm]),
            None => builder,
        };
        self.trusted_audiences.iter().fold(builder, VerifierBuilder::audience)
    }

    /// Verifies an ID token, with keys that are at hand. `now` is in seconds since the epoch.
    ///
    /// # Errors
    /// Those of [`Verifier::verify`]; and by what the sign-in says: [`Error::NonceMismatch`],
    /// [`Error::ClaimInvalid`] for `at_hash`, `c_hash`, `azp` or `auth_time`, [`Error::TokenTooOld`] for `auth_time`,
    /// [`Error::AudienceMismatch`] without this client in `aud`, [`Error::SubjectMismatch`] for another user than before.
    pub fn verify_id_token(
        &self,
        verifier: &Verifier,
        id_token: &str,
        check: &IdTokenCheck,
        now: u64,
    ) -> Result<VerifiedToken, Error> {
        let token = verifier.verify_with(id_token, &check.expectations, now)?;
        self.check_id_token(&token.claims().read(), check)?;
        Ok(token)
    }

    /// Takes the next step of the verification of an ID token, with keys that are fetched: see [`RemoteVerifier::step`].
    /// The verdict can be the errors of [`Client::verify_id_token`].
    pub fn step_id_token(
        &self,
        remote: &RemoteVerifier,
        attempt: &mut Attempt,
        id_token: &str,
        check: &IdTokenCheck,
        now: u64,
    ) -> Step {
        match remote.step(attempt, id_token, Some(&check.expectations), now) {
            Step::Done(Ok(token)) => Step::Done(self.accept(token, check)),
            other => other,
        }
    }

    /// A token that the verifier accepted.
    pub(crate) fn accept(&self, token: Arc<VerifiedToken>, check: &IdTokenCheck) -> Result<Arc<VerifiedToken>, Error> {
        self.check_id_token(&token.claims().read(), check).map(|()| token)
    }

    /// What a verifier with the audiences of all trusted parties does not know.
    pub(super) fn check_id_token(&self, claims: &ReadClaims<'_>, check: &IdTokenCheck) -> Result<(), Error> {
        self.check_audience(claims)?;
        if claims.text("azp").is_some_and(|party| party != self.client_id) {
            return Err(Error::ClaimInvalid { claim: "azp".to_owned(), fault: ClaimReason::Party });
        }
        match (claims.text("nonce"), &check.nonce) {
            (Some(actual), Some(nonce)) if bool::from(actual.as_bytes().ct_eq(nonce.as_bytes())) => {}
            (None, None) => {}
            (None, Some(_)) if check.previous.is_some() => {} // §12.2: it should have none.
            (Some(_), None) if check.any_nonce => {}
            (Some(_), None) => return Err(Error::NonceUnexpected),
            _ => return Err(Error::NonceMismatch),
        }
        let Some(previous) = &check.previous else { return Ok(()) };
        let previous = &ReadClaims::new(previous);
        if claims.issuer() != previous.issuer() {
            let [expected, actual] = [previous, claims].map(|claims| claims.issuer().unwrap_or_default().to_owned());
            return Err(Error::IssuerMismatch { expected, actual });
        }
        if claims.text("sub") != previous.text("sub") {
            return Err(Error::SubjectMismatch);
        }
        let other = |name: &str| {
            let both = previous.get(name).zip(claims.get(name));
            both.is_some_and(|(before, after)| !is_same(before, after))
        };
        match ["azp", "auth_time"].into_iter().find(|name| other(name)) {
            Some(claim) => Err(Error::ClaimInvalid { claim: claim.to_owned(), fault: ClaimReason::Value }),
            None => Ok(()),
        }
    }

    /// Whether `aud` names the client, and not only parties that it trusts.
    pub(super) fn check_audience(&self, claims: &ReadClaims<'_>) -> Result<(), Error> {
        let audience = claims.audience();
        if !audience.contains(&self.client_id.as_str()) {
            return Err(Error::AudienceMismatch {
                claim: "aud".to_owned(),
                expected: self.client_id.clone(),
                actual: audience.join(", "),
            });
        }
        Ok(())
    }
}

/// Whether two claims have the same value. What is neither text nor number nor `null` is never the same.
#[allow(clippy::float_cmp, reason = "both were read by one reader, which rounds the same text the same way")]
fn is_same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one == other,
        (Value::Number(one), Value::Number(other)) => one == other,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}
