//! Records of this crate as JavaScript values and back, for Rust programs in wasm that have JavaScript around them: Leptos,
//! Yew, workers-rs. The conversion is that of the crate `serde-wasm-bindgen`.

use core::fmt;

use js_sys::{Array, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// How deep objects and arrays may be nested, the outermost one included. An object that has itself inside ends here.
const MAX_DEPTH: usize = 16;

/// Why a value was not converted. It has nothing of the value in it, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConversionError {
    /// The value has other members than the record, or members of other types.
    Shape,
    /// Objects and arrays are nested more than 16 deep.
    Depth,
    /// JavaScript has no such value: a whole number beyond 2⁵³, or a key that is no string.
    Unrepresentable,
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "the value does not have the members of the record, each of its type",
            Self::Depth => "the value is nested more than 16 deep",
            Self::Unrepresentable => {
                "the record has a value that JavaScript cannot have, such as a whole number beyond 2^53"
            }
        })
    }
}

impl core::error::Error for ConversionError {}

impl From<ConversionError> for JsValue {
    fn from(error: ConversionError) -> Self {
        js_sys::TypeError::new(&error.to_string()).into()
    }
}

/// A record as a plain JavaScript value: an object for a struct or a map, `null` for what is absent, numbers as numbers.
///
/// # Errors
/// [`ConversionError::Unrepresentable`].
///
/// # Example
/// ```no_run
/// use countersign::client::Transaction;
/// use countersign::interop::serde_wasm_bindgen::{from_value, to_value};
///
/// # fn run(transaction: Transaction) -> Result<(), countersign::interop::serde_wasm_bindgen::ConversionError> {
/// let value = to_value(&transaction)?; // { state, codeVerifier, issuer, … }, for `sessionStorage` or a Durable Object
/// let transaction: Transaction = from_value(&value)?;
/// # Ok(())
/// # }
/// ```
pub fn to_value<T: Serialize + ?Sized>(record: &T) -> Result<JsValue, ConversionError> {
    record.serialize(&Serializer::json_compatible()).map_err(|_| ConversionError::Unrepresentable)
}

/// The record in a JavaScript value. Of objects their own enumerable members count, and nothing that they inherit: a page
/// whose `Object.prototype` somebody has written to reads no member that is not there.
///
/// # Errors
/// [`ConversionError::Shape`], also where a getter throws, and [`ConversionError::Depth`].
pub fn from_value<T: DeserializeOwned>(value: &JsValue) -> Result<T, ConversionError> {
    let own = without_prototype(value, MAX_DEPTH)?;
    serde_wasm_bindgen::from_value(own).map_err(|_| ConversionError::Shape)
}

/// A copy of a value whose objects inherit nothing.
fn without_prototype(value: &JsValue, depth: usize) -> Result<JsValue, ConversionError> {
    if value.is_function() {
        return Err(ConversionError::Shape);
    }
    if !value.is_object() {
        return Ok(value.clone());
    }
    let depth = depth.checked_sub(1).ok_or(ConversionError::Depth)?;
    if Array::is_array(value) {
        let copy = Array::new();
        for element in Array::from(value).iter() {
            copy.push(&without_prototype(&element, depth)?);
        }
        return Ok(copy.into());
    }
    let copy: Object = Object::create(JsValue::NULL.unchecked_ref());
    for key in Reflect::own_keys(value).map_err(|_| ConversionError::Shape)?.iter().filter(JsValue::is_string) {
        let member = Reflect::get(value, &key).map_err(|_| ConversionError::Shape)?;
        Reflect::set(&copy, &key, &without_prototype(&member, depth)?).map_err(|_| ConversionError::Shape)?;
    }
    Ok(copy.into())
}
