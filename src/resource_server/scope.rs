//! Scopes and permissions: where a token has them, and which of them imply others.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::Json;
use crate::error::{ClaimReason, Error};
use crate::verify::claims::Claims;

/// The place of a claim: its name, or the names on the way to it.
pub(crate) type ClaimPath = Vec<String>;

/// The client that a token was issued to (RFC 9068 §2.2, OpenID Connect Core §2), if it says.
pub fn client_id(claims: &Claims) -> Option<&str> {
    ["client_id", "azp"].iter().find_map(|name| claims.get(name)?.as_str())
}

/// Whether a text is a scope token (RFC 6749 §3.3), which needs no escape in a challenge.
pub(crate) fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// The values of the first of these claims that is there: words of a string, or strings of an array.
///
/// # Errors
/// [`Error::ClaimInvalid`] for a claim of another type.
pub(crate) fn values<'a>(claims: &'a Claims, paths: &[ClaimPath]) -> Result<Vec<&'a str>, Error> {
    let Some((path, value)) = paths.iter().find_map(|path| Some((path, find(claims, path)?))) else {
        return Ok(Vec::new());
    };
    let values = match value {
        Json::String(words) => Some(words.split(' ').filter(|word| !word.is_empty()).collect()),
        Json::Array(several) => several.iter().map(Json::as_str).collect(),
        _ => None,
    };
    values.ok_or_else(|| Error::ClaimInvalid {
        claim: path.first().map(String::as_str).unwrap_or_default().to_owned(),
        fault: ClaimReason::Type,
    })
}

fn find<'a>(claims: &'a Claims, path: &[String]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    let found = rest.iter().try_fold(claims.get(first)?, |value, name| value.as_object()?.get(name))?;
    (*found != Json::Null).then_some(found)
}

/// Which scopes a scope implies, over any number of steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hierarchy(BTreeMap<String, BTreeSet<String>>);

impl Hierarchy {
    pub(crate) fn new(direct: &BTreeMap<String, Vec<String>>) -> Self {
        let closure = |scope: &String| {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&String> = alloc::vec![scope];
            while let Some(next) = open.pop() {
                for implied in direct.get(next).into_iter().flatten() {
                    if reached.insert(implied.clone()) {
                        open.push(implied);
                    }
                }
            }
            reached
        };
        Self(direct.keys().map(|scope| (scope.clone(), closure(scope))).collect())
    }

    /// Whether one of the granted scopes is the wanted one, or implies it.
    pub(crate) fn grants(&self, granted: &[&str], wanted: &str) -> bool {
        granted
            .iter()
            .any(|&scope| scope == wanted || self.0.get(scope).is_some_and(|implied| implied.contains(wanted)))
    }
}
