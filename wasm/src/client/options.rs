//! The options of a client, and what its operations take, as JavaScript hands them over.

use alloc::string::String;
#[cfg(feature = "client")]
use alloc::vec::Vec;

use countersign::Algorithm;
use countersign::client::{AuthorizationParams, Client, DpopKey, ResponseMode, Server, TokenTypeHint};
use countersign::discovery::ServerMetadata;
use countersign::error::{ConfigError, Error};
#[cfg(feature = "client")]
use countersign::{
    SharedSecret,
    client::{ClientAuthentication, ClientBuilder, DocumentParams, Quirks},
};
use wasm_bindgen::JsValue;

use crate::errors::{misconfigured, to_js_error};
use crate::fields::{self, JsonFields};

const UNKNOWN_ALGORITHM: &str = "is not the name of an algorithm";
const UNKNOWN_RESPONSE_MODE: ConfigError = ConfigError::new("response_mode", "must be \"query\" or \"form_post\"");

struct Options {
    issuer: String,
    /// As JSON
    metadata: Option<String>,
    client_id: String,
    redirect_uri: Option<String>,
    #[cfg(feature = "client")]
    further: Further,
    /// The public JWK as JSON, and the algorithm
    dpop: Option<(String, Algorithm)>,
}

/// What pages have no use for: they have no secrets, and trust their servers alone.
#[cfg(feature = "client")]
struct Further {
    authentication: Authentication,
    trusted_audiences: Vec<String>,
    id_token_algorithm: Option<Algorithm>,
    quirks: Quirks,
}

#[cfg(feature = "client")]
enum Authentication {
    Plain(ClientAuthentication),
    SecretJwt(Algorithm, String),
}

/// The client of these options. Without metadata it knows of no endpoint, and shows what else is wrong.
pub(super) fn client(text: &str) -> Result<Client, JsValue> {
    let options = fields::try_read(text, read)?;
    let server = match &options.metadata {
        None => Server::new(&options.issuer),
        Some(metadata) => ServerMetadata::parse(&options.issuer, metadata.as_bytes())
            .and_then(|metadata| Server::from_metadata(&metadata))
            .map_err(to_js_error)?,
    };
    let mut builder = Client::builder(server, options.client_id);
    #[cfg(feature = "client")]
    {
        builder = options.further.apply(builder)?;
    }
    if let Some(uri) = options.redirect_uri {
        builder = builder.redirect_uri(uri);
    }
    if let Some((jwk, algorithm)) = options.dpop {
        let key = DpopKey::from_jwk(&jwk, algorithm).map_err(|error| bad_option("dpop", &error))?;
        builder = builder.dpop(key);
    }
    builder.build().map_err(misconfigured)
}

/// What is wrong with a key or a secret that stands in the options.
fn bad_option(option: &'static str, error: &Error) -> JsValue {
    let _ = error;
    misconfigured(ConfigError::new(option, "has a key or a secret that is not fit for the algorithm"))
}

fn read(fields: JsonFields<'_>) -> Result<Options, ConfigError> {
    Ok(Options {
        issuer: fields.needed("issuer"),
        metadata: fields.text("metadata"),
        client_id: fields.needed("clientId"),
        redirect_uri: fields.text("redirectUri"),
        #[cfg(feature = "client")]
        further: Further::read(fields)?,
        dpop: match fields.object("dpop") {
            None => None,
            Some(key) => {
                Some((key.needed("jwk"), algorithm(key, "alg")?.ok_or(ConfigError::new("dpop.alg", "is missing"))?))
            }
        },
    })
}

#[cfg(feature = "client")]
impl Further {
    fn read(fields: JsonFields<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            authentication: fields
                .object("clientAuthentication")
                .map_or(Ok(Authentication::Plain(ClientAuthentication::None)), authentication)?,
            trusted_audiences: fields.texts("trustedAudiences").unwrap_or_default(),
            id_token_algorithm: algorithm(fields, "idTokenAlgorithm")?,
            quirks: fields.object("quirks").map(super::provider::quirks).transpose()?.unwrap_or_default(),
        })
    }

    fn apply(self, builder: ClientBuilder) -> Result<ClientBuilder, JsValue> {
        let authentication = match self.authentication {
            Authentication::Plain(authentication) => authentication,
            Authentication::SecretJwt(algorithm, secret) => ClientAuthentication::SecretJwt(
                SharedSecret::new(algorithm, secret.as_bytes())
                    .map_err(|error| bad_option("clientAuthentication", &error))?,
            ),
        };
        let mut builder = builder.authentication(authentication).quirks(self.quirks);
        for audience in self.trusted_audiences {
            builder = builder.trusted_audience(audience);
        }
        Ok(match self.id_token_algorithm {
            Some(algorithm) => builder.id_token_algorithm(algorithm),
            None => builder,
        })
    }
}

#[cfg(feature = "client")]
fn authentication(fields: JsonFields<'_>) -> Result<Authentication, ConfigError> {
    let alg = algorithm(fields, "alg")?;
    Ok(Authentication::Plain(match fields.needed("method").as_str() {
        "client_secret_basic" => ClientAuthentication::Basic(fields.needed("secret")),
        "client_secret_post" => ClientAuthentication::Post(fields.needed("secret")),
        "client_secret_jwt" => {
            return Ok(Authentication::SecretJwt(alg.unwrap_or(Algorithm::HS256), fields.needed("secret")));
        }
        "private_key_jwt" => {
            let algorithm = alg.ok_or(ConfigError::new("client_authentication.alg", "is missing"))?;
            ClientAuthentication::PrivateKeyJwt { algorithm, kid: fields.text("kid") }
        }
        "tls_client_auth" => ClientAuthentication::Tls,
        _ => return Err(ConfigError::new("client_authentication.method", "is not one that there is")),
    }))
}

fn algorithm(fields: JsonFields<'_>, name: &'static str) -> Result<Option<Algorithm>, ConfigError> {
    let parse = |text: String| text.parse().map_err(|_| ConfigError::new(name, UNKNOWN_ALGORITHM));
    fields.text(name).map(parse).transpose()
}

/// What an authorization request asks for.
pub(super) fn authorization_params(text: &str) -> Result<AuthorizationParams, JsValue> {
    fields::try_read(text, |fields| {
        let mut params = AuthorizationParams::default();
        params.scope = fields.text("scope");
        params.redirect_uri = fields.text("redirectUri");
        params.response_mode = response_mode(fields)?;
        params.max_age = fields.number("maxAge");
        params.params = fields.pairs("params").unwrap_or_default();
        Ok(params)
    })
}

pub(super) fn response_mode(fields: JsonFields<'_>) -> Result<ResponseMode, ConfigError> {
    match fields.text("responseMode").as_deref() {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some(_) => Err(UNKNOWN_RESPONSE_MODE),
    }
}

pub(super) fn hint(name: Option<&str>) -> Option<TokenTypeHint> {
    match name {
        Some("access_token") => Some(TokenTypeHint::AccessToken),
        Some("refresh_token") => Some(TokenTypeHint::RefreshToken),
        _ => None,
    }
}

#[cfg(feature = "client")]
pub(super) fn document_params(text: &str) -> Result<DocumentParams, JsValue> {
    fields::read(text, |fields| {
        let mut params = DocumentParams::default();
        params.client_name = fields.text("clientName");
        params.client_uri = fields.text("clientUri");
        params.redirect_uris = fields.texts("redirectUris").unwrap_or_default();
        params.jwks_uri = fields.text("jwksUri");
        params.scope = fields.text("scope");
        params.dpop_bound_access_tokens = fields.flag("dpopBoundAccessTokens").unwrap_or_default();
        params
    })
}
