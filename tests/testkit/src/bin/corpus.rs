//! Writes `tests/corpus/*.json`:  cargo run -p countersign-testkit --bin corpus

use std::fs;
use std::path::Path;

use countersign_testkit::corpus;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    fs::create_dir_all(&folder).expect("the folder tests/corpus");
    for (name, corpus) in corpus::files() {
        let text = corpus.json();
        println!("tests/corpus/{name}.json: {} bytes", text.len());
        fs::write(folder.join(name).with_extension("json"), text).expect("a file in tests/corpus");
    }
}
