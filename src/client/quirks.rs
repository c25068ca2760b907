//! What servers make of RFC 6749, and how it is read all the same.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};

use crate::client::answer::MAX_DEPTH;
use crate::client::http::HttpResponse;
use crate::encoding::form;
use crate::encoding::json::writer::{array, quote};
use crate::encoding::json::{self, Members, Value};
use crate::encoding::unique;

/// The ways in which a server departs from RFC 6749. Each is for a server that is known to do so: the rest of the answer is
/// read as strictly as ever. [`crate::preset::Provider`] has those of well-known servers.
///
/// # Example
/// ```
/// use countersign::client::Quirks;
///
/// let mut quirks = Quirks::default();
/// quirks.comma_scopes = true;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct Quirks {
    /// Scopes are separated by commas, in requests too
    pub comma_scopes: bool,
    /// Scopes are separated by commas in answers, and by spaces in requests
    pub comma_scopes_in_answers: bool,
    /// The token response may be a form
    pub form_answers: bool,
    /// A token response without `token_type` is read as if it said `Bearer`
    pub missing_token_type_is_bearer: bool,
    /// What else `token_type` says for `Bearer`, such as Slack's `bot`
    pub bearer_names: &'static [&'static str],
    /// How errors are told
    pub errors: ErrorForm,
    /// ID tokens have no nonce. They are left unread then, since nothing binds them to the sign-in: who it is, the user's
    /// endpoint says.
    pub no_nonce: bool,
}

/// How a server tells an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorForm {
    /// As RFC 6749 §5.2 has it
    #[default]
    Standard,
    /// `error` is an object with `type` and `message`, as Facebook's
    Object,
    /// `message` says what is wrong, and `error` is missing or a number, as with Twitch and Reddit
    Message,
}

impl Quirks {
    /// The scopes of a request.
    pub(super) fn scope(&self, scope: &str) -> String {
        if self.comma_scopes { replaced(scope, ' ', ',') } else { scope.to_owned() }
    }

    /// The body as RFC 6749 would have it. What is none to begin with is left as it is, for the parser to refuse.
    pub(super) fn standard<'a>(&self, response: &HttpResponse<'a>) -> Cow<'a, [u8]> {
        let from_form = if self.form_answers { json_of_form(response.body) } else { None };
        let body = from_form.map_or(Cow::Borrowed(response.body), |json| Cow::Owned(json.into_bytes()));
        if *self == (Self { form_answers: self.form_answers, ..Self::default() }) {
            return body;
        }
        let written = json::parse_object_bytes(&body, MAX_DEPTH).ok().map(|members| self.rewrite(&members, response));
        written.map_or(body, |json| Cow::Owned(json.into_bytes()))
    }

    fn rewrite(&self, members: &Members<'_>, response: &HttpResponse<'_>) -> String {
        let mut writer = ObjectWriter::default();
        let error = self.error(members, response.status);
        for (name, value) in members.iter() {
            let name = name.as_str();
            let text = match value {
                Value::String(kind) if name == "token_type" && self.is_bearer(kind) => quote("Bearer"),
                Value::String(scope) if name == "scope" && (self.comma_scopes || self.comma_scopes_in_answers) => {
                    quote(&replaced(scope, ',', ' '))
                }
                _ if error.is_some() && matches!(name, "error" | "error_description") => continue,
                other => text_of(other),
            };
            writer.push(name, &text);
        }
        if let Some((error, description)) = error {
            writer.push("error", &quote(&error));
            if let Some(description) = description {
                writer.push("error_description", &quote(&description));
            }
        }
        writer.end()
    }

    fn is_bearer(&self, kind: &str) -> bool {
        self.bearer_names.iter().any(|name| name.eq_ignore_ascii_case(kind))
    }

    /// The error, where it is told in the server's own way.
    fn error(&self, members: &Members<'_>, status: u16) -> Option<(String, Option<String>)> {
        let text = |members: &Members<'_>, name: &str| members.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        match self.errors {
            ErrorForm::Standard => None,
            ErrorForm::Object => match members.get("error") {
                Some(Value::Object(error)) => {
                    Some((text(error, "type").unwrap_or_else(|| "unknown".to_owned()), text(error, "message")))
                }
                _ => None,
            },
            ErrorForm::Message => {
                let told = members.get("error");
                let missing = told.is_none() && status >= 400;
                let number = matches!(told, Some(Value::Number(_)));
                if missing || number { Some((text(members, "message")?, None)) } else { None }
            }
        }
    }
}

fn replaced(text: &str, mark: char, by: char) -> String {
    text.chars().map(|letter| if letter == mark { by } else { letter }).collect()
}

/// A form, where it is one: it is told from JSON by its first character.
fn json_of_form(body: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(body).ok()?;
    if text.trim_ascii_start().starts_with(['{', '[', '<', '"']) || !text.contains('=') {
        return None;
    }
    let pairs = form::parse(text.trim_ascii()).ok()?;
    let mut names: alloc::vec::Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    if !unique::all_unique_by(&mut names, |name| *name) {
        return None;
    }
    let mut writer = ObjectWriter::default();
    for (name, value) in &pairs {
        writer.push(name, &quote(value));
    }
    Some(writer.end())
}

fn text_of(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => text_of_number(*number),
        Value::String(text) => quote(text),
        Value::Array(elements) => array(elements.iter().map(text_of)),
        Value::Object(members) => {
            let mut writer = ObjectWriter::default();
            for (name, value) in members.iter() {
                writer.push(name.as_str(), &text_of(value));
            }
            writer.end()
        }
    }
}

/// A number with three digits after the point: all that anybody has ever needed of a token response. What has too many
/// before it is `null`, which says as little. The formatting of the standard library weighs 5 KB in the npm package.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within bounds")]
fn text_of_number(number: f64) -> String {
    let size = if number < 0.0 { -number } else { number };
    if size > MAX_NUMBER {
        return "null".to_owned();
    }
    let thousandths = (size * 1000.0) as u64;
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    let sign = if number < 0.0 { "-" } else { "" };
    let whole = whole.to_string();
    if rest == 0 {
        return [sign, &whole].concat();
    }
    // With a digit before them, the zeros that come first are written, too.
    let rest = rest.saturating_add(1000).to_string();
    [sign, &whole, ".", rest.strip_prefix('1').unwrap_or_default().trim_end_matches('0')].concat()
}

/// As many as thousandths are exact (2^53 / 1000).
const MAX_NUMBER: f64 = 9_007_199_254_740.0;

/// An object whose names come from outside.
#[derive(Default)]
struct ObjectWriter(String);

impl ObjectWriter {
    fn push(&mut self, name: &str, json: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        for part in [quote(name).as_str(), ":", json] {
            self.0.push_str(part);
        }
    }

    fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard(quirks: Quirks, status: u16, body: &str) -> String {
        let response = HttpResponse::new(status, body.as_bytes());
        String::from_utf8(quirks.standard(&response).into_owned()).unwrap()
    }

    #[test]
    fn without_quirks_nothing_is_touched() {
        for body in [r#"{"scope":"a,b","token_type":"bot","error":{}}"#, "a=b", "", "<html>"] {
            assert_eq!(standard(Quirks::default(), 200, body), body);
        }
    }

    #[test]
    fn a_form_is_read_and_nothing_else_for_one() {
        let quirks = Quirks { form_answers: true, ..Quirks::default() };
        assert_eq!(standard(quirks, 200, "a=b%22&c=d+e"), r#"{"a":"b\"","c":"d e"}"#);
        for other in [r#"{"a":"b=c"}"#, "<a b=c>", "a=b&a=c", "a=%zz", "", "nonsense"] {
            assert_eq!(standard(quirks, 200, other), other);
        }
    }

    #[test]
    fn each_quirk_changes_what_it_is_for() {
        let body = r#"{"scope":"a,b","token_type":"bot","n":1.5,"o":{"x\"":[null,true,"y"]}}"#;
        let comma = Quirks { comma_scopes_in_answers: true, ..Quirks::default() };
        assert_eq!(standard(comma, 200, body), body.replace("a,b", "a b"));
        assert_eq!(comma.scope("a b"), "a b");
        assert_eq!(Quirks { comma_scopes: true, ..Quirks::default() }.scope("a b"), "a,b");
        let bot = Quirks { bearer_names: &["bot"], ..Quirks::default() };
        assert_eq!(standard(bot, 200, body), body.replace("bot", "Bearer"));
        assert_eq!(standard(bot, 200, "[]"), "[]");
        assert_eq!(standard(bot, 200, "{}"), "{}");
    }

    #[test]
    fn numbers_are_written_as_far_as_they_matter() {
        for (number, text) in [
            (0.0, "0"),
            (3600.0, "3600"),
            (-1.5, "-1.5"),
            (0.05, "0.05"),
            (1.0 / 3.0, "0.333"),
            (9_007_199_254_740.0, "9007199254740"),
            (1e300, "null"),
            (-1e300, "null"),
        ] {
            assert_eq!(text_of_number(number), text);
        }
    }

    #[test]
    fn errors_are_found_where_they_are_told() {
        let object = Quirks { errors: ErrorForm::Object, ..Quirks::default() };
        assert_eq!(
            standard(object, 400, r#"{"error":{"type":"OAuthException","message":"No","code":100}}"#),
            r#"{"error":"OAuthException","error_description":"No"}"#
        );
        assert_eq!(standard(object, 400, r#"{"error":"x"}"#), r#"{"error":"x"}"#);
        assert_eq!(standard(object, 400, r#"{"error":{}}"#), r#"{"error":"unknown"}"#);
        let message = Quirks { errors: ErrorForm::Message, ..Quirks::default() };
        let told = standard(message, 400, r#"{"status":400,"message":"Invalid code"}"#);
        assert_eq!(told, r#"{"status":400,"message":"Invalid code","error":"Invalid code"}"#);
        assert_eq!(standard(message, 200, r#"{"message":"m","error":400}"#), r#"{"message":"m","error":"m"}"#);
        assert_eq!(standard(message, 200, r#"{"message":"welcome"}"#), r#"{"message":"welcome"}"#);
        assert_eq!(standard(message, 400, r#"{"error":"invalid_grant"}"#), r#"{"error":"invalid_grant"}"#);
    }
}
