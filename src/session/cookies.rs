//! One text in several cookies (RFC 6265 §6.1: browsers keep 4,096 bytes of each).
//!
//! The first cookie has the name, and says how many there are: `2.…`. The others are `name.1`, `name.2` and so on. They are
//! read by their exact names, and only if every one of them is there once. Whether they belong together says the seal that
//! is over all of them.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use crate::session::site::Site;

/// The most cookies that one text may be in.
pub const MAX_COOKIES: usize = 5;

/// Bytes of a cookie: its name, its value and its attributes.
const MAX_BYTES: usize = 4096;

/// A text is longer than [`MAX_COOKIES`] cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLarge {
    /// Bytes that there are.
    pub bytes: usize,
    /// Bytes that fit.
    pub limit: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the session has {} bytes where cookies hold {}: keep less in it, or keep it in a store",
            self.bytes, self.limit
        )
    }
}

impl core::error::Error for TooLarge {}

/// The `Set-Cookie` header fields that keep a text for `max_age` seconds. Those that the text does not need are removed, all
/// of them, whatever a request had.
///
/// # Errors
/// [`TooLarge`]
pub fn write(site: &Site, name: &str, text: &str, max_age: u64) -> Result<Vec<String>, TooLarge> {
    let room = |index: usize, max_age| {
        let without = site.set_cookie(&name_of(name, index), "", max_age);
        MAX_BYTES.saturating_sub(without.len()).saturating_sub(if index == 0 { "0.".len() } else { 0 })
    };
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() || chunks.is_empty() {
        let (chunk, others) = split(rest, room(chunks.len(), max_age));
        if chunks.len() >= MAX_COOKIES || (chunk.is_empty() && !rest.is_empty()) {
            let limit = (0..MAX_COOKIES).fold(0_usize, |sum, index| sum.saturating_add(room(index, max_age)));
            return Err(TooLarge { bytes: text.len(), limit });
        }
        chunks.push(chunk);
        rest = others;
    }
    let count = chunks.len().to_string();
    let set = chunks.iter().enumerate().map(|(index, chunk)| {
        let value = if index == 0 { [&count, ".", chunk].concat() } else { (*chunk).to_string() };
        site.set_cookie(&name_of(name, index), &value, max_age)
    });
    let unused = (chunks.len()..MAX_COOKIES).map(|index| site.delete_cookie(&name_of(name, index)));
    Ok(set.chain(unused).collect())
}

/// The text in the cookies of a request, by its `Cookie` header fields. `None`: there is none, or a part of it is missing or
/// there twice.
pub fn read(site: &Site, name: &str, fields: &[&str]) -> Option<String> {
    let (count, first) = value_of(fields, &site.cookie_name(name))?.split_once('.')?;
    let count = (1..=MAX_COOKIES).find(|number| number.to_string() == count)?;
    let mut text = String::from(first);
    for index in 1..count {
        text.push_str(value_of(fields, &site.cookie_name(&name_of(name, index)))?);
    }
    Some(text)
}

/// The `Set-Cookie` header fields that remove whatever [`write()`] has set.
pub fn delete(site: &Site, name: &str) -> Vec<String> {
    (0..MAX_COOKIES).map(|index| site.delete_cookie(&name_of(name, index))).collect()
}

/// The names and values of `Cookie` header fields (RFC 6265 §4.2.1).
pub(crate) fn pairs<'a>(fields: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = Vec::new();
    for pair in fields.iter().flat_map(|field| field.split(';')) {
        if let Some((name, value)) = pair.split_once('=') {
            let blanks = [' ', '\t'];
            pairs.push((name.trim_matches(blanks), value.trim_matches(blanks)));
        }
    }
    pairs
}

/// The value of the only cookie of that name.
pub(super) fn value_of<'a>(fields: &[&'a str], name: &str) -> Option<&'a str> {
    let mut values = pairs(fields).into_iter().filter(|(other, _)| *other == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

fn name_of(name: &str, index: usize) -> String {
    if index == 0 { name.to_string() } else { [name, ".", &index.to_string()].concat() }
}

/// The longest beginning of so many bytes, and what follows it.
fn split(text: &str, most: usize) -> (&str, &str) {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site::new("https://app.example").unwrap()
    }

    /// What a browser sends after it has taken these header fields, one after the other.
    fn browser(set: &[String]) -> String {
        let mut kept: Vec<(String, String)> = Vec::new();
        for line in set {
            assert!(line.len() <= MAX_BYTES, "{}", line.len());
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            kept.retain(|(other, _)| other != name);
            if !line.contains("Max-Age=0;") {
                kept.push((name.to_owned(), value.to_owned()));
            }
        }
        kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn whatever_is_written_is_read() {
        for length in [0, 1, 3_900, 4_000, 4_096, 8_000, 12_000, 16_000, 19_900] {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let set = write(&site(), "session", &text, 60).unwrap();
            assert_eq!(set.len(), MAX_COOKIES, "all of them, set or removed");
            let cookie = browser(&set);
            assert_eq!(read(&site(), "session", &[&cookie]).as_deref(), Some(text.as_str()), "{length}");
            // In several fields, and among others.
            let fields: Vec<&str> = cookie.split("; ").chain(["session=1.x", "__Host-session.9=x", "a"]).collect();
            assert_eq!(read(&site(), "session", &fields), Some(text));
        }
        let error = write(&site(), "session", &"x".repeat(20_480), 60).unwrap_err();
        assert_eq!(error.bytes, 20_480);
        let fits = "x".repeat(error.limit);
        assert!(write(&site(), "session", &fits, 60).is_ok());
        assert!(write(&site(), "session", &(fits + "x"), 60).is_err());
        assert!(write(&site(), &"n".repeat(5_000), "x", 60).is_err());
    }

    #[test]
    fn a_shorter_text_leaves_nothing_of_a_longer_one() {
        let mut set = write(&site(), "session", &"x".repeat(15_000), 60).unwrap();
        set.extend(write(&site(), "session", "short", 60).unwrap());
        assert_eq!(browser(&set), "__Host-session=1.short");
        set.extend(delete(&site(), "session"));
        assert_eq!(browser(&set), "");
    }

    #[test]
    fn a_part_that_is_missing_or_there_twice_is_no_text() {
        let cookie = browser(&write(&site(), "session", &"x".repeat(9_000), 60).unwrap());
        let parts: Vec<&str> = cookie.split("; ").collect();
        assert_eq!(parts.len(), 3);
        for at in 0..parts.len() {
            let mut fewer = parts.clone();
            fewer.remove(at);
            assert_eq!(read(&site(), "session", &fewer), None);
            let mut more = parts.clone();
            more.push(parts[at]);
            assert_eq!(read(&site(), "session", &more), None);
        }
        for cookie in ["", "__Host-session=", "__Host-session=x", "__Host-session=0.x", "__Host-session=6.x"] {
            assert_eq!(read(&site(), "session", &[cookie]), None, "{cookie}");
        }
        for cookie in ["__Host-session=01.x", "__Host-session=+1.x", "__host-session=1.x", "session=1.x", "=1.x"] {
            assert_eq!(read(&site(), "session", &[cookie]), None, "{cookie}");
        }
    }
}
