//! `docs/reference/errors.md` has an entry for every code and for nothing else, and every code has a test.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test may")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::ErrorCode;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The entries by their code.
fn entries(text: &str) -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    let mut code = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let name = heading.trim_matches('`').to_owned();
            assert!(entries.insert(name.clone(), String::new()).is_none(), "two entries for {name}");
            code = Some(name);
        } else if line.starts_with('#') {
            code = None;
        } else if let Some(entry) = code.as_ref().and_then(|code| entries.get_mut(code)) {
            entry.push_str(line);
            entry.push('\n');
        }
    }
    entries
}

#[test]
fn every_code_is_documented_and_nothing_else() {
    let entries = entries(&fs::read_to_string(root().join("docs/reference/errors.md")).unwrap());
    for code in ErrorCode::ALL {
        let entry =
            entries.get(code.as_str()).unwrap_or_else(|| panic!("docs/reference/errors.md has no entry for {code}"));
        let status = format!("- **Status:** {}\n", code.status());
        assert!(entry.contains(&status), "the entry for {code} does not say `{}`", status.trim());
        for part in ["- **Cause:** ", "- **Remedy:** "] {
            let text = entry.split_once(part).unwrap_or_else(|| panic!("the entry for {code} lacks `{part}`")).1;
            assert!(text.len() > 20, "the entry for {code} says nothing under `{part}`");
        }
    }
    for name in entries.keys() {
        assert!(
            ErrorCode::ALL.iter().any(|code| code.as_str() == name),
            "docs/reference/errors.md documents {name}, which is no code"
        );
    }
}

/// What a test can be: the suites in `tests`, and the unit tests at the end of the core's files.
fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "testkit" && name != "node_modules" {
                sources(&path, texts);
            }
        } else if path.extension().is_some_and(|kind| ["rs", "mjs", "json", "ts"].iter().any(|known| kind == *known)) {
            let text = fs::read_to_string(&path).unwrap();
            if path.starts_with(root().join("src")) {
                texts.extend(text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()));
            } else if name != "errors_documented.rs" {
                texts.push(text);
            }
        }
    }
}

#[test]
fn every_code_has_a_test() {
    let mut texts = Vec::new();
    sources(&root().join("tests"), &mut texts);
    sources(&root().join("src"), &mut texts);
    for code in ErrorCode::ALL {
        // As text, or as a variant: `ErrorCode::KeyInvalid` or `Error::KeyInvalid(…)`.
        let needles = [format!("\"{code}\""), format!("ErrorCode::{code:?}"), format!("Error::{code:?}")];
        let found = texts.iter().any(|text| needles.iter().any(|needle| text.contains(needle)));
        assert!(found, "no test names {code}");
    }
    println!("{} codes, {} files with tests", ErrorCode::ALL.len(), texts.len());
}
