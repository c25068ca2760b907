//! The WebAssembly of the npm package: the bindings of the crate `countersign`, and nothing else.
//!
//! It is a crate of its own because one that is built as a Rust library too keeps everything that Rust code could
//! call, which is a tenth of the download.

use countersign as _;
