//! Signing in, as JavaScript asks for it.

mod call;
#[cfg(feature = "client")]
mod further_calls;
#[cfg(feature = "client")]
mod further_requests;
mod handle;
mod options;
mod proof;
#[cfg(feature = "client")]
mod provider;
#[cfg(feature = "client")]
mod sign_in;

use alloc::string::String;

use countersign::client::Transaction;
use countersign::error::Error;
use countersign::internal::{JsonWriter, Member, array, quote};
use wasm_bindgen::JsValue;

use crate::errors::to_js_error;
use crate::fields::JsonFields;

/// Bytes of the host's random number generator, or none at all: there is no second best.
pub(crate) fn entropy<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| to_js_error(Error::InternalError))?;
    Ok(bytes)
}

/// As `Transaction` is written and read by serde, too.
fn transaction_of(fields: JsonFields<'_>) -> Transaction {
    let mut transaction = Transaction::empty();
    let members = transaction.members();
    fields.only(|name| members.iter().any(|(own, _)| *own == name));
    for (name, member) in members {
        match member {
            Member::Text(text) => *text = fields.needed(name),
            Member::OptionalText(text) => *text = fields.text(name),
            Member::Flag(flag) => *flag = fields.present(fields.flag(name), name),
            Member::Number(number) => *number = fields.present(fields.number(name), name),
            Member::OptionalNumber(number) => *number = fields.number(name),
            Member::Texts(texts) => *texts = fields.texts(name).unwrap_or_default(),
        }
    }
    transaction
}

/// `{ url, transaction }`
fn begun(url: &str, transaction: &mut Transaction) -> String {
    JsonWriter::new().text("url", url).json("transaction", &written(transaction)).end()
}

fn written(transaction: &mut Transaction) -> String {
    let mut json = JsonWriter::new();
    for (name, member) in transaction.members() {
        json = match member {
            Member::Text(text) => json.text(name, text),
            Member::OptionalText(text) => json.text_if(name, text.as_deref()),
            Member::Flag(flag) => json.json(name, if *flag { "true" } else { "false" }),
            Member::Number(number) | Member::OptionalNumber(Some(number)) => json.number(name, *number),
            Member::OptionalNumber(None) => json,
            Member::Texts(texts) if texts.is_empty() => json,
            Member::Texts(texts) => json.json(name, &array(texts.iter().map(|text| quote(text)))),
        };
    }
    json.end()
}
