//! The native contestants: `bench-native JOB.json`, with the job and the answer of `benches/hosts/cli.mjs`.

mod contest;
mod subjects;

use std::collections::BTreeMap;
use std::error::Error;

use contest::Times;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Job {
    scenes: Vec<Scene>,
    effort: Effort,
}

#[derive(Deserialize)]
struct Scene {
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
    let Job { scenes, effort } = serde_json::from_slice(&std::fs::read(file)?)?;
    subjects::install_provider();
    let mut answer = Answer { times: BTreeMap::new(), absent: BTreeMap::new() };
    for scene in scenes.iter().filter(|scene| matches!(scene.table.as_str(), "algorithms" | "key size" | "token size"))
    {
        eprintln!("  {}: {}", scene.table, scene.id);
        let mut contestants = Vec::new();
        for (name, subject) in subjects::of(scene) {
            match subject.and_then(|subject| subject.examine(scene).map(|()| subject)) {
                Ok(subject) => contestants.push((name, subject)),
                Err(reason) => drop(answer.absent.insert(format!("{name}: {}", scene.id), reason.to_string())),
            }
        }
        answer.times.insert(scene.id.clone(), contest::run(&mut contestants, &scene.tokens, &effort));
    }
    println!("{}", serde_json::to_string(&answer)?);
    Ok(())
}
