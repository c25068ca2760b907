//! The native libraries: `bench-native JOB.json`, with the job and the answer of `benches/hosts/cli.mjs`.

mod libraries;
mod runner;

use std::collections::BTreeMap;
use std::error::Error;

use runner::Times;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Job {
    scenarios: Vec<Scenario>,
    effort: Effort,
}

#[derive(Deserialize)]
struct Scenario {
    table: String,
    id: String,
    algorithm: jsonwebtoken::Algorithm,
    issuer: String,
    audience: String,
    tokens: Vec<String>,
    tampered: String,
    jwk: Option<jsonwebtoken::jwk::Jwk>,
    jwks: Option<serde_json::Value>,
    /// base64url
    secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Effort {
    rounds: usize,
    milliseconds: f64,
    warm_up: f64,
}

#[derive(Serialize)]
struct Answer {
    times: BTreeMap<String, BTreeMap<String, Times>>,
    absent: BTreeMap<String, String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: bench-native JOB.json")?;
    let Job { scenarios, effort } = serde_json::from_slice(&std::fs::read(file)?)?;
    libraries::install_provider();
    let mut answer = Answer { times: BTreeMap::new(), absent: BTreeMap::new() };
    for scenario in
        scenarios.iter().filter(|scenario| matches!(scenario.table.as_str(), "algorithms" | "key size" | "token size"))
    {
        eprintln!("  {}: {}", scenario.table, scenario.id);
        let mut libraries = Vec::new();
        for (name, library) in libraries::of(scenario) {
            match library.and_then(|library| library.examine(scenario).map(|()| library)) {
                Ok(library) => libraries.push((name, library)),
                Err(reason) => drop(answer.absent.insert(format!("{name}: {}", scenario.id), reason.to_string())),
            }
        }
        answer.times.insert(scenario.id.clone(), runner::run(&mut libraries, &scenario.tokens, &effort));
    }
    println!("{}", serde_json::to_string(&answer)?);
    Ok(())
}
