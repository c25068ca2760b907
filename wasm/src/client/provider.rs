//! What a client knows of a server that departs from the standard.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::client::{ErrorForm, HttpResponse, Quirks};
use countersign::error::{ConfigError, Error, ServerResponseReason};
use countersign::internal::{JsonWriter, identifier, identifier_in, parse_object};

use crate::fields::JsonFields;

/// Nesting of a token response.
const MAX_DEPTH: usize = 16;

/// What servers write for `Bearer`.
const BEARER_NAMES: &[&str] = &["bot", "user"];

pub(super) fn quirks(fields: JsonFields<'_>) -> Result<Quirks, ConfigError> {
    let mut quirks = Quirks::default();
    quirks.comma_scopes = fields.flag("commaScopes").unwrap_or_default();
    quirks.comma_scopes_in_answers = fields.flag("commaScopesInAnswers").unwrap_or_default();
    quirks.form_answers = fields.flag("formAnswers").unwrap_or_default();
    quirks.missing_token_type_is_bearer = fields.flag("missingTokenTypeIsBearer").unwrap_or_default();
    quirks.no_nonce = fields.flag("noNonce").unwrap_or_default();
    if let Some(names) = fields.texts("bearerNames") {
        if !names.iter().all(|name| BEARER_NAMES.contains(&name.as_str())) {
            return Err(ConfigError::new("provider.quirks.bearer_names", "has a name that no server is known for"));
        }
        quirks.bearer_names = BEARER_NAMES;
    }
    quirks.errors = match fields.text("errors").as_deref() {
        None => ErrorForm::Standard,
        Some("object") => ErrorForm::Object,
        Some("message") => ErrorForm::Message,
        Some(_) => return Err(ConfigError::new("provider.quirks.errors", "must be \"object\" or \"message\"")),
    };
    Ok(quirks)
}

/// What says who the user is: a resource, or the token response.
pub(super) struct UserSource {
    pub(super) url: Option<String>,
    id: Vec<String>,
    /// Whether the resource wants the client's ID in a header field
    wants_client_id: bool,
}

impl UserSource {
    pub(super) fn read(fields: JsonFields<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            url: fields.text("url"),
            id: fields.present(fields.texts("id"), "provider.user.id"),
            wants_client_id: match fields.text("clientIdHeader").as_deref() {
                None => false,
                Some("client-id") => true,
                Some(_) => return Err(ConfigError::new("provider.user.client_id_header", "must be \"client-id\"")),
            },
        })
    }

    pub(super) const fn header<'a>(&self, client_id: &'a str) -> Option<(&'static str, &'a str)> {
        if self.wants_client_id { Some(("client-id", client_id)) } else { None }
    }

    fn path(&self) -> Vec<&str> {
        self.id.iter().map(String::as_str).collect()
    }

    /// The identifier that a token response has.
    pub(super) fn of_tokens(&self, json: &str) -> Result<String, Error> {
        let missing = Error::ServerResponseInvalid(ServerResponseReason::Member);
        let members = parse_object(json, MAX_DEPTH).map_err(|_| missing.clone())?;
        identifier_in(&members, &self.path())
    }

    /// `{ sub, answer }`: the identifier, and what came
    pub(super) fn of_response(&self, response: &HttpResponse<'_>) -> Result<String, Error> {
        let id = identifier(response, &self.path())?;
        let answer = core::str::from_utf8(response.body).unwrap_or("{}");
        Ok(JsonWriter::new().text("sub", &id).json("answer", answer).end())
    }
}
