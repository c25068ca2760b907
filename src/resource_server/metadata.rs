//! The metadata of a protected resource (RFC 9728).

use alloc::string::String;
use alloc::vec::Vec;

use crate::dpop::Dpop;
use crate::encoding::json;
use crate::encoding::json::writer::{JsonWriter, array, quote};
use crate::encoding::url::HttpUrl;
use crate::error::ConfigError;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The depth of the members that the application adds.
const MAX_DEPTH: usize = 8;

/// The answer to a request for the metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetadataResponse {
    /// The HTTP status
    pub status: u16,
    /// The header fields, by their names
    pub headers: Vec<(&'static str, &'static str)>,
    /// The document, in JSON; empty for other methods than `GET`
    pub body: String,
}

#[derive(Clone, Debug)]
pub(crate) struct MetadataOptions {
    pub(crate) authorization_servers: Vec<String>,
    pub(crate) scopes_supported: Vec<String>,
    pub(crate) more: Option<String>,
    pub(crate) at_root: bool,
    /// Whether proofs of possession are accepted, and whether they are required
    pub(crate) dpop: Option<bool>,
    /// Whether tokens may be bound to client certificates
    pub(crate) certificates: bool,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self {
            authorization_servers: Vec::new(),
            scopes_supported: Vec::new(),
            more: None,
            at_root: true,
            dpop: None,
            certificates: false,
        }
    }
}

/// A protected resource, by its identifier.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    origin: String,
    metadata_path: String,
    metadata_url: String,
    at_root: bool,
    document: String,
}

impl Resource {
    /// Derives everything from the identifier, as text: a URL parser would add a slash.
    pub(crate) fn new(identifier: &str, options: MetadataOptions) -> Result<Self, ConfigError> {
        let problem = "must be an https URL without query and fragment, such as `https://api.example/notes`";
        let url = HttpUrl::parse(identifier).filter(|url| url.query.is_none());
        let url = url.ok_or(ConfigError { option: "resource", problem })?;
        let path = url.path.strip_suffix('/').unwrap_or(url.path);
        let metadata_path = [WELL_KNOWN, path].concat();
        Ok(Self {
            origin: url.serialized_origin(),
            metadata_url: [url.origin, &metadata_path].concat(),
            metadata_path,
            at_root: options.at_root,
            document: document(identifier, options)?,
        })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn metadata_url(&self) -> &str {
        &self.metadata_url
    }

    pub(crate) fn metadata_paths(&self) -> impl Iterator<Item = &str> {
        let at_root = self.at_root && self.metadata_path != WELL_KNOWN;
        core::iter::once(self.metadata_path.as_str()).chain(at_root.then_some(WELL_KNOWN))
    }

    pub(crate) fn respond(&self, method: &str, path: &str) -> Option<MetadataResponse> {
        let is = |wanted: &str| path == wanted || path.strip_suffix('/') == Some(wanted);
        let is_ours = is(&self.metadata_path) || (self.at_root && is(WELL_KNOWN));
        if !is_ours {
            return None;
        }
        // Public, and for pages of all origins: clients in browsers read it.
        let mut headers = alloc::vec![("Access-Control-Allow-Origin", "*")];
        let (status, body) = match method {
            "GET" | "HEAD" => {
                headers.push(("Content-Type", "application/json"));
                headers.push(("Cache-Control", "public, max-age=3600"));
                (200, if method == "GET" { self.document.clone() } else { String::new() })
            }
            "OPTIONS" => {
                headers.push(("Access-Control-Allow-Methods", "GET, HEAD"));
                headers.push(("Access-Control-Allow-Headers", "*"));
                (204, String::new())
            }
            _ => {
                headers.push(("Allow", "GET, HEAD, OPTIONS"));
                (405, String::new())
            }
        };
        Some(MetadataResponse { status, headers, body })
    }
}

/// Whether a text is an origin, as browsers write it (RFC 6454 §6.2).
pub(crate) fn is_origin(text: &str) -> bool {
    HttpUrl::parse(text).is_some_and(|url| url.serialized_origin() == text)
}

fn document(identifier: &str, options: MetadataOptions) -> Result<String, ConfigError> {
    let list = |texts: &[String]| array(texts.iter().map(|text| quote(text)));
    let mut own: Vec<(&str, String)> = alloc::vec![("resource", quote(identifier))];
    if !options.authorization_servers.is_empty() {
        own.push(("authorization_servers", list(&options.authorization_servers)));
    }
    if !options.scopes_supported.is_empty() {
        own.push(("scopes_supported", list(&options.scopes_supported)));
    }
    own.push(("bearer_methods_supported", array(core::iter::once(quote("header")))));
    if let Some(required) = options.dpop {
        own.push(("dpop_signing_alg_values_supported", array(Dpop::ALGORITHMS.split(' ').map(quote))));
        if required {
            own.push(("dpop_bound_access_tokens_required", "true".into()));
        }
    }
    if options.certificates {
        own.push(("tls_client_certificate_bound_access_tokens", "true".into()));
    }
    let document = own.iter().fold(JsonWriter::new(), |writer, (name, value)| writer.json(name, value)).end();
    let Some(more) = options.more else { return Ok(document) };
    let problem = |problem| Err(ConfigError { option: "metadata", problem });
    let Ok(members) = json::parse_object(&more, MAX_DEPTH) else {
        return problem("must be an object of JSON values, nested at most eight deep");
    };
    if own.iter().any(|(name, _)| members.contains(name)) {
        return problem(
            "must not have a member that the guard writes: `resource`, `bearer_methods_supported`, and others that are \
             options",
        );
    }
    // Both are objects: the end of one and the beginning of the other become a comma.
    let inside = more.trim().strip_prefix('{').unwrap_or_default();
    let mut document = document;
    if members.iter().next().is_some() {
        document.pop();
        document.push(',');
        document.push_str(inside);
    }
    Ok(document)
}
