//! Scopes and permissions: where a token has them, and which of them imply others.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::json::node::Node;
use crate::error::{ClaimReason, Error};
use crate::resource_server::claim_set::ClaimSet;
use crate::verify::claims::Claims;

/// The place of a claim: its name, or the names on the way to it.
pub(crate) type ClaimPath = Vec<String>;

/// The client that a token was issued to (RFC 9068 §2.2, OpenID Connect Core §2), if it says.
pub fn client_id(claims: &Claims) -> Option<&str> {
    client_of(claims)
}

pub(crate) fn client_of<C: ClaimSet>(claims: &C) -> Option<&str> {
    ["client_id", "azp"].iter().find_map(|name| claims.claim(name)?.text())
}

/// What texts must be that are to stand in a challenge as scopes.
pub(crate) const SCOPES_DEMAND: &str =
    "must be scopes of printable ASCII, without blanks, quotation marks and backslashes";

/// Whether a text is a scope token (RFC 6749 §3.3), which needs no escape in a challenge.
pub(crate) fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// The values of the first of these claims that is there: words of a string, or strings of an array.
///
/// # Errors
/// [`Error::ClaimInvalid`] for a claim of another type.
pub(crate) fn values<'a, C: ClaimSet>(claims: &'a C, paths: &[ClaimPath]) -> Result<Vec<&'a str>, Error> {
    let Some((path, value)) = paths.iter().find_map(|path| Some((path, find(claims, path)?))) else {
        return Ok(Vec::new());
    };
    let values = match (value.text(), value.elements()) {
        (Some(words), _) => Some(words.split(' ').filter(|word| !word.is_empty()).collect()),
        (None, Some(several)) => several.iter().map(Node::text).collect(),
        (None, None) => None,
    };
    values.ok_or_else(|| Error::ClaimInvalid {
        claim: path.first().map(String::as_str).unwrap_or_default().to_owned(),
        fault: ClaimReason::Type,
    })
}

fn find<'a, C: ClaimSet>(claims: &'a C, path: &[String]) -> Option<&'a C::Value> {
    let (first, rest) = path.split_first()?;
    let found = rest.iter().try_fold(claims.claim(first)?, |value, name| value.member(name))?;
    (!found.is_null()).then_some(found)
}

/// Which scopes a scope implies, over any number of steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hierarchy(Vec<(String, Vec<String>)>);

impl Hierarchy {
    /// `direct` has a scope and those that it implies in one step, perhaps several times.
    pub(crate) fn new(direct: &[(String, Vec<String>)]) -> Self {
        let closure = |scope: &String| {
            let mut reached: Vec<String> = Vec::new();
            let mut open = alloc::vec![scope];
            while let Some(next) = open.pop() {
                for implied in direct.iter().filter(|(scope, _)| scope == next).flat_map(|(_, implied)| implied) {
                    if !reached.contains(implied) {
                        reached.push(implied.clone());
                        open.push(implied);
                    }
                }
            }
            reached
        };
        Self(direct.iter().map(|(scope, _)| (scope.clone(), closure(scope))).collect())
    }

    /// Whether one of the granted scopes is the wanted one, or implies it.
    pub(crate) fn grants(&self, granted: &[&str], wanted: &str) -> bool {
        let implies =
            |scope: &str| self.0.iter().any(|(own, implied)| own == scope && implied.iter().any(|one| one == wanted));
        granted.iter().any(|&scope| scope == wanted || implies(scope))
    }
}
