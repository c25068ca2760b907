//! The claims of a token, in whichever form they are at hand.

use crate::encoding::json::node::Node;
use crate::encoding::json::{Json, Members, Value};
use crate::verify::claims::Claims;

/// Claims by their names.
pub trait ClaimSet {
    type Value: Node;

    fn claim(&self, name: &str) -> Option<&Self::Value>;
}

impl ClaimSet for Claims {
    type Value = Json;

    fn claim(&self, name: &str) -> Option<&Json> {
        self.get(name)
    }
}

/// As the bindings have them.
impl<'a> ClaimSet for Members<'a> {
    type Value = Value<'a>;

    fn claim(&self, name: &str) -> Option<&Value<'a>> {
        self.get(name)
    }
}
