//! `cargo xtask test`: every suite with its count and duration, past the first that fails.

mod counts;
mod suites;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::build;
use crate::failure::{Failure, Result};
use crate::process;
use crate::setup::{self, Needs, Tools};
use crate::workspace::Workspace;
use counts::Counts;
use suites::{Run, Suite};

/// What the suites work with.
struct Context<'a> {
    workspace: &'a Workspace,
    tools: &'a Tools,
}

/// One line of the summary.
struct Outcome {
    name: String,
    counts: Counts,
    duration: Duration,
    remark: Option<String>,
}

/// Runs the suites that `wanted` names (all when it is empty). Answers whether every test passed.
pub(crate) fn run(workspace: &Workspace, wanted: &[String]) -> Result<bool> {
    let tools = setup::ensure(workspace, Needs::Everything, false)?;
    let context = Context { workspace, tools: &tools };
    let suites = pick(suites::all(&context)?, wanted)?;
    let mut tarball = None;
    let mut results = Vec::new();
    for suite in suites {
        if suite.needs_package && tarball.is_none() {
            tarball = Some(build::run(workspace, &tools)?);
        }
        println!("\n── {}", suite.name);
        results.push(run_suite(&context, suite, tarball.as_ref()));
    }
    Ok(report(&results))
}

fn pick(suites: Vec<Suite>, wanted: &[String]) -> Result<Vec<Suite>> {
    let fits = |suite: &Suite, name: &str| {
        suite.name == name || !suite.only_by_name && suite.name.split(':').next() == Some(name)
    };
    if let Some(stranger) = wanted.iter().find(|name| !suites.iter().any(|suite| fits(suite, name))) {
        let names: Vec<_> = suites.into_iter().map(|suite| suite.name).collect();
        return Err(Failure::new(format!("no suite `{stranger}`; there are {}", names.join(", "))));
    }
    let is_wanted = |suite: &Suite| match wanted {
        [] => !suite.only_by_name,
        names => names.iter().any(|name| fits(suite, name)),
    };
    Ok(suites.into_iter().filter(is_wanted).collect())
}

fn run_suite(context: &Context, suite: Suite, tarball: Option<&PathBuf>) -> Outcome {
    let began = Instant::now();
    let (counts, remark) = match suite.run {
        Run::Unavailable(reason) => (Counts { skipped: 1, ..Counts::default() }, Some(reason)),
        Run::Command { mut command, read, expected } => {
            context.tools.browsers.tell(&mut command);
            if let Some(tarball) = tarball {
                command.env("COUNTERSIGN_TARBALL", tarball);
            }
            match process::listen(&mut command) {
                Ok((succeeded, text)) => judge(read(&text), succeeded, expected),
                Err(failure) => (Counts { failed: 1, ..Counts::default() }, Some(failure.to_string())),
            }
        }
    };
    Outcome { name: suite.name, counts, duration: began.elapsed(), remark }
}

/// A suite that counts nothing, less than it should, or fails without a failed test, has failed.
fn judge(counts: Option<Counts>, succeeded: bool, expected: Option<usize>) -> (Counts, Option<String>) {
    let Some(mut counts) = counts else {
        let none = Counts { failed: 1, ..Counts::default() };
        return (none, Some("it ended before it could count".to_owned()));
    };
    let mut remark = None;
    if let Some(expected) = expected.filter(|expected| *expected != counts.total()) {
        remark = Some(format!("{} tests ran where the sources have {expected}", counts.total()));
    } else if counts.total() == 0 {
        remark = Some("it ran no test".to_owned());
    } else if !succeeded && counts.failed == 0 {
        remark = Some("it failed, though no test did".to_owned());
    }
    if remark.is_some() {
        counts.failed += 1;
    }
    (counts, remark)
}

/// Prints the summary, whose last line is the total by itself.
fn report(results: &[Outcome]) -> bool {
    println!();
    let mut total = Counts::default();
    for Outcome { name, counts, duration, remark } in results {
        let mark = if counts.failed == 0 { "✓" } else { "✗" };
        let remark = remark.as_ref().map(|remark| format!("  ({remark})")).unwrap_or_default();
        let counted = counts.to_string();
        println!("{mark} {name:<36} {counted:<38} {:>6.1} s{remark}", duration.as_secs_f64());
        total += *counts;
    }
    println!("{total}");
    total.failed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(wanted: &[&str]) -> Vec<String> {
        let suite = |name: &str| Suite {
            name: name.to_owned(),
            needs_package: false,
            only_by_name: name == "a:long",
            run: Run::Unavailable(String::new()),
        };
        let suites = ["a", "a:other", "a:long", "b"].map(suite).into();
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        pick(suites, &wanted).map(|suites| suites.into_iter().map(|suite| suite.name).collect()).unwrap_or_default()
    }

    #[test]
    fn a_suite_that_runs_only_by_name_has_to_be_named() {
        assert_eq!(picked(&[]), ["a", "a:other", "b"]);
        assert_eq!(picked(&["a"]), ["a", "a:other"]);
        assert_eq!(picked(&["a:long"]), ["a:long"]);
        assert!(picked(&["c"]).is_empty());
    }
}
