//! Client assertions (RFC 7523 §2.2): by the client's private key, which the host signs with, or by its secret.

use alloc::string::String;

use crate::client::client::Client;
use crate::client::jws;
use crate::encoding::json::writer::{JsonWriter, quote};
use crate::engine::hmac;
use crate::jose::algorithm::Algorithm;
use crate::jose::secret::SharedSecret;

/// Seconds that a client assertion is valid for.
const LIFETIME: u64 = 60;

/// `typ` of a client assertion (draft-ietf-oauth-rfc7523bis), so that it passes for no other token.
const TYPE: &str = "client-authentication+jwt";

/// What a client proves itself with in one request.
pub(super) struct Assertion {
    client_id: String,
    issuer: String,
    pub(super) algorithm: Algorithm,
    kid: Option<String>,
    secret: Option<SharedSecret>,
    /// The bytes to sign
    pub(super) input: String,
    pub(super) signed: Option<String>,
    /// [`Assertion::write`]. Requests reach it by this pointer alone, so that programs whose clients make no assertions have
    /// none of it, and of HMAC, in them.
    write: fn(&mut Self, &str, u64),
}

impl Assertion {
    pub(super) fn new(
        client: &Client,
        algorithm: Algorithm,
        kid: Option<String>,
        secret: Option<SharedSecret>,
    ) -> Self {
        let (client_id, issuer) = (client.client_id.clone(), client.server.issuer.clone());
        let (input, signed) = (String::new(), None);
        Self { client_id, issuer, algorithm, kid, secret, input, signed, write: Self::write }
    }

    /// Makes another one, with an identifier of its own.
    pub(super) fn renew(&mut self, jti: &str, now: u64) {
        (self.write)(self, jti, now);
    }

    fn write(&mut self, jti: &str, now: u64) {
        let header = JsonWriter::new()
            .json("alg", &quote(self.algorithm.name()))
            .text("typ", TYPE)
            .text_if("kid", self.kid.as_deref())
            .end();
        let payload = JsonWriter::new()
            .text("iss", &self.client_id)
            .text("sub", &self.client_id)
            .text("aud", &self.issuer)
            .text("jti", jti)
            .number("iat", now)
            .number("exp", now.saturating_add(LIFETIME))
            .end();
        self.input = jws::signing_input(&header, &payload);
        let tag = self.secret.as_ref().map(hmac::Key::new).map(|key| key.tag(self.input.as_bytes()));
        self.signed = tag.map(|tag| jws::compact(&self.input, &tag));
    }
}
