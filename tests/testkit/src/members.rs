//! JSON objects as text, so that nothing tidies up what a test wants to be wrong.

use std::fmt::Write as _;

/// The members of a JSON object in order. Values are JSON text and taken as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(Vec<(String, String)>);

impl Members {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a member to a string, in its old place if there is one.
    #[must_use]
    pub fn text(self, name: &str, value: impl AsRef<str>) -> Self {
        self.raw(name, quote(value.as_ref()))
    }

    /// Sets a member to any JSON, or to what is none.
    #[must_use]
    pub fn raw(mut self, name: &str, value: impl ToString) -> Self {
        let value = value.to_string();
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some(member) => member.1 = value,
            None => self.0.push((name.into(), value)),
        }
        self
    }

    /// Adds these members, or sets them.
    #[must_use]
    pub fn and(self, others: &Self) -> Self {
        others.0.iter().fold(self, |members, (name, value)| members.raw(name, value))
    }

    /// Whether there is such a member.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// Adds a member even if the name is taken.
    #[must_use]
    pub fn again(mut self, name: &str, value: impl ToString) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// Drops a member.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self
    }

    /// Gives a member another name.
    #[must_use]
    pub fn rename(mut self, from: &str, to: &str) -> Self {
        for member in self.0.iter_mut().filter(|(own, _)| own == from) {
            member.0 = to.into();
        }
        self
    }

    /// The JSON text of a member.
    ///
    /// # Panics
    /// When there is none.
    pub fn get(&self, name: &str) -> &str {
        &self.0.iter().find(|(own, _)| own == name).expect("a member").1
    }

    /// A string member without its quotation marks; meant for base64url.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).trim_matches('"')
    }

    /// The object, without white space. Names that look escaped (`\u0065xp`) stay so.
    pub fn json(&self) -> String {
        let members: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| {
                let name = if name.contains("\\u") { format!("\"{name}\"") } else { quote(name) };
                format!("{name}:{value}")
            })
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

/// A JSON string.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            control if control < ' ' => write!(quoted, "\\u{:04x}", u32::from(control)).expect("memory"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A JWK Set of these keys.
pub fn key_set<'a>(keys: impl IntoIterator<Item = &'a Members>) -> String {
    let keys: Vec<String> = keys.into_iter().map(Members::json).collect();
    format!("{{\"keys\":[{}]}}", keys.join(","))
}
