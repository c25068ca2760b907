//! The table of algorithms as the hosts' engines need it.

use countersign::Algorithm;
use countersign::internal::{JsonWriter, NodeParameters, WebAlgorithm, WebParameters, array};

/// One row for each algorithm, as JSON, in the order of the core's index.
pub(crate) fn table() -> String {
    array(Algorithm::all().map(row))
}

/// `null` stands for a host's cryptography that lacks the algorithm.
fn row(algorithm: Algorithm) -> String {
    let web = WebAlgorithm::of(algorithm).map(|WebAlgorithm { import, verify }| {
        JsonWriter::new().json("import", &parameters(&import)).json("verify", &parameters(&verify)).end()
    });
    let node = NodeParameters::of(algorithm).map(|parameters| node_parameters(&parameters));
    JsonWriter::new()
        .text("name", algorithm.name())
        .json("node", node.as_deref().unwrap_or("null"))
        .json("webcrypto", web.as_deref().unwrap_or("null"))
        .end()
}

fn parameters(WebParameters { name, hash, named_curve, salt_length }: &WebParameters) -> String {
    let parameters = JsonWriter::new().text("name", name).text_if("hash", *hash).text_if("namedCurve", *named_curve);
    with_salt(parameters, *salt_length).end()
}

fn node_parameters(parameters: &NodeParameters) -> String {
    let writer = match parameters.hash {
        Some(hash) => JsonWriter::new().text("hash", hash),
        None => JsonWriter::new().json("hash", "null"),
    };
    let writer = with_salt(writer.text_if("padding", parameters.padding), parameters.salt_length);
    writer.text_if("dsaEncoding", parameters.dsa_encoding).end()
}

fn with_salt(writer: JsonWriter, length: Option<usize>) -> JsonWriter {
    match length {
        Some(length) => writer.json("saltLength", &length.to_string()),
        None => writer,
    }
}
