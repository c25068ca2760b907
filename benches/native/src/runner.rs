//! The rounds of `benches/runner.mjs`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;

use crate::Effort;
use crate::libraries::Library;

/// Microseconds per verification.
#[derive(Serialize)]
pub struct Times {
    wall: Quartiles,
}

#[derive(Serialize)]
struct Quartiles {
    median: f64,
    low: f64,
    high: f64,
}

/// The libraries in turns, round after round, in a changing order.
pub fn run(libraries: &mut [(String, Library)], tokens: &[String], effort: &Effort) -> BTreeMap<String, Times> {
    let batches: Vec<usize> = libraries
        .iter()
        .map(|(_, library)| {
            let (began, mut times, mut rate) = (Instant::now(), 1, 0.0);
            while began.elapsed().as_secs_f64() * 1e3 < effort.warm_up {
                rate = times as f64 / milliseconds(library, tokens, times);
                times *= 2;
            }
            ((rate * effort.milliseconds) as usize).max(1)
        })
        .collect();
    let mut samples = vec![Vec::new(); libraries.len()];
    for round in 0..effort.rounds {
        for turn in 0..libraries.len() {
            let index = (turn + round) % libraries.len();
            let times = batches[index];
            samples[index].push(milliseconds(&libraries[index].1, tokens, times) * 1e3 / times as f64);
        }
    }
    libraries.iter().zip(samples).map(|((name, _), list)| (name.clone(), Times { wall: quartiles(list) })).collect()
}

fn milliseconds(library: &Library, tokens: &[String], times: usize) -> f64 {
    let start = Instant::now();
    for token in tokens.iter().cycle().take(times) {
        black_box(library.accepts(black_box(token)));
    }
    start.elapsed().as_secs_f64() * 1e3
}

fn quartiles(mut list: Vec<f64>) -> Quartiles {
    list.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let position = (list.len() - 1) as f64 * part;
        let below = position.floor() as usize;
        let above = (below + 1).min(list.len() - 1);
        list[below] + (list[above] - list[below]) * position.fract()
    };
    Quartiles { median: at(0.5), low: at(0.25), high: at(0.75) }
}
