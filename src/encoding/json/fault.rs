//! Which fault of a refused text to report.

use crate::encoding::json::number;
use crate::error::JsonReason;

/// The first thing in a text that no reader should be given, whatever its grammar: too deep a nesting, an
/// integer that readers round, a number beyond all doubles. It comes before faults of the grammar, so that
/// a text has one verdict however much of it a reader reads.
#[cold]
pub(super) fn beyond_grammar(text: &str, max_depth: usize) -> Option<JsonReason> {
    let mut depth = 0usize;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'"' => rest = after_string(after),
            b'[' | b'{' => {
                depth = depth.saturating_add(1);
                if depth > max_depth {
                    return Some(JsonReason::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'0'..=b'9' => {
                let more = after.iter().take_while(|next| number::is_part(**next)).count();
                let literal = text.len().saturating_sub(after.len()).saturating_sub(1);
                let end = literal.saturating_add(more).saturating_add(1);
                let literal = text.as_bytes().get(literal..end).unwrap_or_default();
                if let Err(fault) = number::read(literal) {
                    return Some(fault);
                }
                rest = text.as_bytes().get(end..).unwrap_or_default();
            }
            _ => {}
        }
    }
    None
}

fn after_string(mut rest: &[u8]) -> &[u8] {
    while let [byte, after @ ..] = rest {
        rest = match byte {
            b'"' => return after,
            b'\\' => after.get(1..).unwrap_or_default(),
            _ => after,
        };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_string_is_no_number() {
        for text in [r#"["9007199254740993""#, r#"["\"9007199254740993""#, r#"["\"[[[[""#, r#"["\\""#] {
            assert_eq!(beyond_grammar(text, 1), None, "{text}");
        }
        assert_eq!(beyond_grammar(r#"["\\",9007199254740993"#, 1), Some(JsonReason::UnsafeInteger));
        assert_eq!(beyond_grammar(r#"["\"",[["#, 2), Some(JsonReason::TooDeep));
    }
}
