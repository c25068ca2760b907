//! Imports between the folders of the sources, against the table that says which there may be.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

/// The page with the table: a row for each folder, with the folders that it may import in the last column.
const TABLE: &str = "docs/design/architecture.md";

/// The rooms that a file imports.
type Imports = fn(file: &str, text: &str) -> Vec<String>;

/// The trees of sources, the ending of their files, and how imports are written there.
const TREES: [(&str, &str, Imports); 3] =
    [("src", "rs", crate_paths), ("wasm/src", "rs", core_paths), ("js", "ts", module_imports)];

/// What each room (a folder of a tree, or a file beside the folders) may import. Both are named as `src/jose`.
type Allowed = BTreeMap<String, BTreeSet<String>>;

/// Reads the sources. Answers how many imports it saw.
///
/// # Errors
/// When an import is not in the table, and when the table allows a circle, or an import that no file has.
pub(super) fn check(workspace: &Workspace) -> Result<usize> {
    let allowed = read_table(&workspace.read(TABLE)?);
    if let Some(circle) = circle(&allowed) {
        return Err(Failure::new(format!("{TABLE} allows a circle through {circle}")));
    }
    let mut seen = 0;
    let mut wrong = Vec::new();
    let mut unused = allowed.clone();
    let root = workspace.path("");
    for (tree, extension, imports) in TREES {
        for path in
            workspace.files(tree)?.iter().filter(|path| path.extension().is_some_and(|found| found == extension))
        {
            // Of the names in the table, on every system.
            let file = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            // Those import the package as its users do.
            if file.starts_with("js/type-tests/") {
                continue;
            }
            let from = room(&file);
            for target in imports(&file, &workspace.read(&file)?) {
                seen += 1;
                if let Some(targets) = unused.get_mut(&from) {
                    targets.remove(&target);
                }
                if from != target && !allowed.get(&from).is_some_and(|targets| targets.contains(&target)) {
                    wrong.push(format!("{file} imports {target}, which {TABLE} does not allow {from}"));
                }
            }
        }
    }
    for (from, targets) in unused {
        wrong.extend(
            targets.iter().map(|target| format!("{TABLE} allows {from} to import {target}, which it does not")),
        );
    }
    if wrong.is_empty() { Ok(seen) } else { Err(Failure::new(wrong.join("\n   "))) }
}

/// The rows whose first cell is a path like `src/jose/` in backticks.
fn read_table(text: &str) -> Allowed {
    let mut allowed = Allowed::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [path, .., imports] = cells.as_slice() else { continue };
        let Some(path) = path.strip_prefix('`').and_then(|path| path.strip_suffix('`')) else { continue };
        if !path.contains('/') {
            continue;
        }
        let room = room(path);
        let tree = room.split('/').next().unwrap_or_default();
        let targets = imports.split_whitespace().map(|name| format!("{tree}/{name}")).collect();
        allowed.insert(room, targets);
    }
    allowed
}

/// A room from which the arrows lead back to itself, or to none in the table.
fn circle(allowed: &Allowed) -> Option<String> {
    let mut left = allowed.clone();
    while let Some(leaf) = left.iter().find(|(_, targets)| targets.iter().all(|target| !left.contains_key(target))) {
        let leaf = leaf.0.clone();
        left.remove(&leaf);
    }
    let unknown = allowed.values().flatten().find(|target| !allowed.contains_key(*target));
    left.into_keys().next().or_else(|| unknown.cloned())
}

/// `src/jose` of `src/jose/header.rs`, `src/hash` of `src/hash.rs`. The other crates are one room each: `src/arithmetic`,
/// `src/wasm`.
fn room(file: &str) -> String {
    for member in ["arithmetic", "wasm"] {
        if file.strip_prefix(member).is_some_and(|rest| rest.starts_with('/')) {
            return format!("src/{member}");
        }
    }
    let mut parts = file.trim_end_matches('/').split('/');
    let tree = parts.next().unwrap_or_default();
    let name = parts.next().unwrap_or_default();
    format!("{tree}/{}", name.split('.').next().unwrap_or_default())
}

/// The rooms that a file names by `crate::`, and the crate `countersign_arithmetic`. What stands at the root of the crate is
/// for its users alone.
fn crate_paths(file: &str, text: &str) -> Vec<String> {
    let is_root = file == "src/lib.rs";
    let code = text.lines().filter(|line| !is_root && !line.trim_start().starts_with("//"));
    let mut targets = Vec::new();
    for line in code {
        if line.contains("countersign_arithmetic::") {
            targets.push("src/arithmetic".to_owned());
        }
        for rest in line.split("crate::").skip(1) {
            let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
            targets.push(format!("src/{}", rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()));
        }
    }
    targets
}

/// The rooms whose modules the bindings name by `countersign::`. What stands at the root of the crate is for all of its users.
fn core_paths(_: &str, text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = code.flat_map(|line| line.split("countersign::").skip(1));
    let rooms = paths.filter_map(|rest| rest.split_once("::").map(|(room, _)| room));
    rooms
        .filter(|room| room.starts_with(|first: char| first.is_ascii_lowercase()))
        .map(|room| format!("src/{room}"))
        .collect()
}

/// The rooms that a TypeScript file imports, of types too: by relative paths, and by the package's own names (`#host`),
/// which are those of rooms.
fn module_imports(file: &str, text: &str) -> Vec<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut targets = Vec::new();
    for before in ["from \"", "import(\"", "import \""] {
        for rest in text.split(before).skip(1) {
            let path = rest.split('"').next().unwrap_or_default();
            if path.starts_with('.') {
                targets.push(room(&resolve(folder, path)));
            } else if let Some(name) = path.strip_prefix('#') {
                targets.push(room(&format!("js/{name}")));
            }
        }
    }
    targets
}

fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
| Folder       | What | Imports   |
| ------------ | ---- | --------- |
| `src/a/`     | low  |           |
| `src/b.rs`   | high | a         |
";

    #[test]
    fn the_table_says_what_a_room_may_import() {
        let allowed = read_table(PAGE);
        assert_eq!(allowed.len(), 2);
        assert!(allowed["src/a"].is_empty());
        assert_eq!(allowed["src/b"], BTreeSet::from(["src/a".to_owned()]));
        assert_eq!(circle(&allowed), None);
    }

    #[test]
    fn a_circle_and_a_stranger_are_told() {
        let page = PAGE.replace("| low  |           |", "| low  | b         |");
        assert_eq!(circle(&read_table(&page)).as_deref(), Some("src/a"));
        let page = PAGE.replace("| high | a         |", "| high | c         |");
        assert_eq!(circle(&read_table(&page)).as_deref(), Some("src/c"));
    }

    #[test]
    fn imports_are_read_and_comments_are_not() {
        let text =
            "use crate::a::{x, y};\n/// [`crate::c`]\nfn f() -> crate::b::T { crate::a::g() }\npub(crate) mod z;\n";
        assert_eq!(crate_paths("src/b/mod.rs", text), ["src/a", "src/b", "src/a"]);
        assert!(crate_paths("src/lib.rs", text).is_empty());
        assert_eq!(crate_paths("src/b/mod.rs", "use countersign_arithmetic::{P256, P384};"), ["src/arithmetic"]);
        assert_eq!((room("src/b/c/mod.rs"), room("src/b.rs")), ("src/b".to_owned(), "src/b".to_owned()));
        assert_eq!(room("arithmetic/src/"), "src/arithmetic");
        assert_eq!(room("wasm/src/fields.rs"), "src/wasm");
    }

    #[test]
    fn the_bindings_name_rooms_of_the_core() {
        let text = "use countersign::keys::VerifyingKey;\nuse countersign::{KeySet, Verifier};\n/// countersign::client::X\n\
                    use countersign::internal::{Next, decode};\n";
        assert_eq!(core_paths("wasm/src/a.rs", text), ["src/keys", "src/internal"]);
    }

    #[test]
    fn module_imports_are_resolved() {
        let text = "import { x } from \"./y.js\";\nimport type { z } from \"../errors.js\";\n\
                    type G = typeof import(\"../core/core.js\");\nimport * as c from \"node:crypto\";\n\
                    import { host } from \"#host\";\nimport { load } from \"#wasm/core\";\n";
        let expected = ["js/a", "js/errors", "js/host", "js/wasm", "js/core"];
        assert_eq!(module_imports("js/a/b.ts", text), expected);
    }

    #[test]
    fn the_sources_keep_to_the_table() {
        let seen = check(&Workspace::find().unwrap()).unwrap();
        assert!(seen > 100, "{seen}");
    }
}
