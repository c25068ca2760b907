//! The addresses of an issuer's keys and metadata, where the issuer alone does not give them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::url::{HttpUrl, is_authority};
use crate::error::ConfigError;
use crate::text::contains;

/// Addresses beside the issuer's own, for [`crate::jwks_cache::JwksCache::from_source`] and
/// [`crate::discovery::Discovery::from_source`]. The default is to ask the issuer, by https.
///
/// # Example
/// Keycloak in development: tokens name the address that browsers know, and the API asks another one.
/// ```
/// use countersign::discovery::KeySource;
/// use countersign::jwks_cache::{Action, Event, JwksCache};
///
/// let mut source = KeySource::default();
/// source.metadata_uri = Some("http://keycloak:8080/realms/demo/.well-known/openid-configuration".into());
/// source.allow_insecure_hosts = vec!["keycloak:8080".into()];
/// let mut cache = JwksCache::from_source("http://localhost:8080/realms/demo", &source, Default::default())?;
/// let Action::Fetch { request, .. } = cache.handle(Event::Wanted, 0) else { unreachable!("no keys yet") };
/// assert!(request.url.starts_with("http://keycloak:8080/"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySource {
    /// The address of the key set. No metadata is asked for then.
    ///
    /// One that ends with `/{kid}` is that of a single key, in PEM, for each key ID (AWS load balancers). Each is then fetched
    /// when the first token names it, kept like a key set, and asked for anew like one. An ID has at most 63 letters, digits,
    /// `-` and `_`. At most 8 IDs under which there is no key are asked for within [`CachePolicy::cooldown`], so whoever can
    /// send tokens past the balancer can keep a new key from being found.
    ///
    /// [`CachePolicy::cooldown`]: crate::jwks_cache::CachePolicy::cooldown
    pub jwks_uri: Option<String>,
    /// The address of the metadata, for issuers that are not reached, or are no address, under their name. It must
    /// still name the issuer, character by character.
    pub metadata_uri: Option<String>,
    /// The only `use` (RFC 7517 §4.2) of keys that are for tokens, in place of `sig` or none: `jwt-svid` in SPIFFE's bundles.
    /// Never `enc`, and not for keys in PEM, which have none.
    pub key_use: Option<String>,
    /// Hosts that may be asked without TLS, in development: `keycloak` for all of its ports, or
    /// `host.docker.internal:8080` for that one.
    ///
    /// The cost: an attacker on the network path can put keys of their own in place of the issuer's, and sign
    /// any token with them.
    pub allow_insecure_hosts: Vec<String>,
}

impl KeySource {
    /// Whether the options make sense.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let problem = |option, problem| Err(ConfigError { option, problem });
        if self.allow_insecure_hosts.iter().any(|host| !is_authority(host)) {
            return problem(
                "allow_insecure_hosts",
                "must be names of hosts, with a port or without, such as `keycloak` or `host.docker.internal:8080`: no \
                 scheme, no path, no wildcard",
            );
        }
        let is_by_id = self.jwks_uri.as_ref().is_some_and(|uri| uri.ends_with("/{kid}"));
        match self.key_use.as_deref() {
            Some("" | "enc") => {
                return problem(
                    "key_use",
                    "must be a `use` of keys that sign, such as `jwt-svid`: leave it out for `sig`",
                );
            }
            Some(_) if is_by_id => {
                return problem(
                    "key_use",
                    "is for key sets: keys in PEM, one at each address, have no `use`; leave it out",
                );
            }
            _ => {}
        }
        match (&self.jwks_uri, &self.metadata_uri) {
            (Some(_), Some(_)) => problem("metadata_uri", "and `jwks_uri` exclude each other: leave one out"),
            (Some(uri), None) if contains(uri, "{kid}") && !is_by_id => problem(
                "jwks_uri",
                "has `{kid}` elsewhere than in its end, `/{kid}`: an ID is the last segment of a path",
            ),
            (Some(uri), None) if self.parse(uri.strip_suffix("/{kid}").unwrap_or(uri)).is_none() => {
                problem("jwks_uri", NO_ADDRESS)
            }
            (None, Some(uri)) if self.parse(uri).is_none() => problem("metadata_uri", NO_ADDRESS),
            _ => Ok(()),
        }
    }

    /// An address that may be asked.
    pub(crate) fn parse<'a>(&self, url: &'a str) -> Option<HttpUrl<'a>> {
        HttpUrl::parse_allowing(url, &self.allow_insecure_hosts)
    }
}

const NO_ADDRESS: &str = "must be an https URL (http only on loopback, and on hosts that `allowInsecureHosts` names)";

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn option(change: impl FnOnce(&mut KeySource)) -> Option<&'static str> {
        let mut source = KeySource::default();
        change(&mut source);
        source.check().err().map(|error| error.option)
    }

    #[test]
    fn hosts_are_names_of_hosts() {
        for host in ["keycloak", "host.docker.internal:8080", "10.0.0.7", "[fd00::1]:8080", "KEYCLOAK"] {
            assert_eq!(option(|source| source.allow_insecure_hosts = vec![host.into()]), None, "{host}");
        }
        for host in [
            "",
            "*",
            "*.internal",
            "http://keycloak",
            "keycloak/",
            "keycloak:",
            "keycloak:0x50",
            "keycloak:99999",
            "a@keycloak",
            "keycloak,other",
            " keycloak",
            "fd00::1",
        ] {
            let hosts = vec!["keycloak".into(), host.into()];
            assert_eq!(option(|source| source.allow_insecure_hosts = hosts), Some("allow_insecure_hosts"), "{host}");
        }
    }

    #[test]
    fn plain_http_goes_to_loopback_and_the_named_hosts_alone() {
        let hosts = vec!["keycloak".into(), "host.docker.internal:8080".into()];
        let mut source = KeySource { allow_insecure_hosts: hosts, ..KeySource::default() };
        for (url, good) in [
            ("http://keycloak/x", true),
            ("http://keycloak:8080/x", true),
            ("http://host.docker.internal:8080/x", true),
            ("http://127.0.0.1:1/x", true),
            ("https://anything.example/x", true),
            ("http://host.docker.internal/x", false),
            ("http://host.docker.internal:80/x", false),
            ("http://host.docker.internal:8080.evil.example/x", false),
            ("http://keycloak.evil.example/x", false),
            ("http://evil.keycloak/x", false),
            ("http://KEYCLOAK/x", false),
            ("http://keycloak@evil.example/x", false),
            ("http://other/x", false),
        ] {
            assert_eq!(source.parse(url).is_some(), good, "{url}");
            source.jwks_uri = Some(url.into());
            assert_eq!(source.check().is_ok(), good, "{url}");
        }
    }

    #[test]
    fn a_use_is_one_of_keys_that_sign() {
        let with = |key_use: &str, uri: Option<&str>| {
            option(|source| {
                source.key_use = Some(key_use.into());
                source.jwks_uri = uri.map(Into::into);
            })
        };
        for uri in [None, Some("https://id.example/jwks")] {
            assert_eq!(with("jwt-svid", uri), None);
            assert_eq!(with("sig", uri), None);
            assert_eq!(with("", uri), Some("key_use"));
            assert_eq!(with("enc", uri), Some("key_use"));
        }
        assert_eq!(with("jwt-svid", Some("https://id.example/{kid}")), Some("key_use"));
    }

    #[test]
    fn a_key_id_that_is_misplaced_is_told_of() {
        let problem = |uri: &str| {
            let source = KeySource { jwks_uri: Some(uri.into()), ..KeySource::default() };
            source.check().err().map(|error| error.problem)
        };
        assert_eq!(problem("https://id.example/{kid}"), None);
        for uri in ["https://id.example/{kid}/key", "https://id.example/?kid={kid}", "https://id.example/{kid}.pem"] {
            assert!(problem(uri).is_some_and(|problem| problem.contains("`{kid}`")), "{uri}");
        }
        assert_eq!(problem("https://{other}/{kid}"), Some(NO_ADDRESS));
    }

    #[test]
    fn there_is_one_source() {
        let both = |source: &mut KeySource| {
            source.jwks_uri = Some("https://id.example/jwks".into());
            source.metadata_uri = Some("https://id.example/metadata".into());
        };
        assert_eq!(option(both), Some("metadata_uri"));
        assert_eq!(option(|source| source.metadata_uri = Some("http://id.example/m".into())), Some("metadata_uri"));
        assert_eq!(option(|source| source.metadata_uri = Some("http://[::1]:8/m?p=x".into())), None);
    }
}
