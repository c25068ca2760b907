//! The token request for a code (RFC 6749 §4.1.3).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::client::client_authentication::{ClientAuthentication, basic};
use crate::client::transaction::Transaction;
use crate::encoding::form;
use crate::encoding::url::HttpUrl;
use crate::error::ConfigError;

/// A request for the host to make, once, with method POST and without following redirects.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The token endpoint
    pub url: String,
    /// Header fields
    pub headers: Vec<(&'static str, String)>,
    /// The form, which has secrets in it
    pub body: String,
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The request that exchanges an authorization code for tokens.
///
/// # Errors
/// [`ConfigError`] when the transaction's token endpoint is no https URL (http passes on loopback): a
/// transaction that was tampered with must not send the code elsewhere in the clear. And for a client authentication
/// that takes more than a secret, which [`crate::client::Client`] does.
pub fn token_request(
    transaction: &Transaction,
    code: &str,
    authentication: &ClientAuthentication,
) -> Result<TokenRequest, ConfigError> {
    if HttpUrl::parse(&transaction.token_endpoint).is_none() {
        return Err(ConfigError {
            option: "token_endpoint",
            problem: "of the transaction must be an https URL (http only on loopback)",
        });
    }
    let mut body = String::new();
    let mut parameter = |name: &str, value: &str| form::append(&mut body, name, value);
    parameter("grant_type", "authorization_code");
    parameter("code", code);
    parameter("redirect_uri", &transaction.redirect_uri);
    parameter("code_verifier", &transaction.code_verifier);
    for resource in &transaction.resource {
        parameter("resource", resource);
    }
    let mut headers = alloc::vec![
        ("accept", "application/json".to_owned()),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
    ];
    match authentication {
        ClientAuthentication::None => parameter("client_id", &transaction.client_id),
        ClientAuthentication::Post(secret) => {
            parameter("client_id", &transaction.client_id);
            parameter("client_secret", secret);
        }
        ClientAuthentication::Basic(secret) => {
            headers.push(("authorization", basic(&transaction.client_id, secret)));
        }
        ClientAuthentication::SecretJwt(_) | ClientAuthentication::PrivateKeyJwt { .. } | ClientAuthentication::Tls => {
            return Err(ConfigError { option: "authentication", problem: "takes more than a secret" });
        }
    }
    Ok(TokenRequest { url: transaction.token_endpoint.clone(), headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction() -> Transaction {
        Transaction { client_id: "app:1".into(), ..Transaction::example() }
    }

    #[test]
    fn the_request_carries_code_and_verifier() {
        let request = token_request(&transaction(), "a/b", &ClientAuthentication::None).unwrap();
        assert_eq!(request.url, "https://id.example/token");
        assert_eq!(
            request.body,
            "grant_type=authorization_code&code=a%2Fb&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=v&client_id=app%3A1"
        );
    }

    #[test]
    fn secrets_go_where_the_method_says() {
        let post = token_request(&transaction(), "c", &ClientAuthentication::Post("s&t".into())).unwrap();
        assert!(post.body.ends_with("&client_id=app%3A1&client_secret=s%26t"));
        let basic = token_request(&transaction(), "c", &ClientAuthentication::Basic("s t?".into())).unwrap();
        // base64 of `app%3A1:s%20t%3F`
        let expected = ("authorization", "Basic YXBwJTNBMTpzJTIwdCUzRg==".to_owned());
        assert!(basic.headers.contains(&expected), "{:?}", basic.headers);
        assert!(!basic.body.contains("client"));
    }

    #[test]
    fn assertions_are_the_affair_of_a_client() {
        let tls = token_request(&transaction(), "c", &ClientAuthentication::Tls);
        assert_eq!(tls.map_err(|error| error.option), Err("authentication"));
    }

    #[test]
    fn the_code_goes_nowhere_in_the_clear() {
        for token_endpoint in ["http://evil.example/token", "", "javascript:alert(1)"] {
            let tampered = Transaction { token_endpoint: token_endpoint.into(), ..transaction() };
            assert!(token_request(&tampered, "c", &ClientAuthentication::None).is_err(), "{token_endpoint}");
        }
    }
}
