//! Child processes: run in the open, watch quietly with progress, or listen to.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Result};

/// How long a quiet child may stay silent before a line of progress is printed.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);
/// How many lines of a quiet child are shown when it fails.
const TAIL: usize = 40;

/// Runs `command` with its output in the open; a non-zero exit is a failure.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().doing(starting(command))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}", describe(command)))) }
}

/// Runs `command` and returns what it prints, or `None` when it cannot run or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs a long `command` quietly: its last line every ten seconds, its last lines when it fails.
pub(crate) fn watch(command: &mut Command) -> Result {
    let (status, tail) = observe(command)?;
    if status.success() {
        return Ok(());
    }
    for line in tail {
        eprintln!("      {line}");
    }
    Err(Failure::new(format!("{} ended with {status}", describe(command))))
}

/// Like [`watch`], for a command that may well fail: answers whether it succeeded.
pub(crate) fn attempt(command: &mut Command) -> bool {
    observe(command).is_ok_and(|(status, _)| status.success())
}

fn observe(command: &mut Command) -> Result<(ExitStatus, VecDeque<String>)> {
    let mut tail: VecDeque<String> = VecDeque::with_capacity(TAIL);
    let began = Instant::now();
    let mut reported = Instant::now();
    let (mut child, lines) = spawn(command)?;
    loop {
        match lines.recv_timeout(PROGRESS_EVERY) {
            Ok(line) => {
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                tail.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if reported.elapsed() >= PROGRESS_EVERY {
            reported = Instant::now();
            let last = tail.back().map_or("still running", |line| line.trim());
            println!("      {:>4} s  {last}", began.elapsed().as_secs());
        }
    }
    let status = child.wait().doing(starting(command))?;
    Ok((status, tail))
}

/// Runs `command`, prints its output as it comes, and returns it with whether it succeeded.
pub(crate) fn listen(command: &mut Command) -> Result<(bool, String)> {
    let mut text = String::new();
    let (mut child, lines) = spawn(command)?;
    for line in lines {
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    let status = child.wait().doing(starting(command))?;
    Ok((status.success(), text))
}

/// Starts `command`; the lines of both its outputs arrive on the channel, which closes with them.
fn spawn(command: &mut Command) -> Result<(Child, Receiver<String>)> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().doing(starting(command))?;
    let (sender, lines) = mpsc::channel();
    let outputs: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|out| Box::new(out) as _), child.stderr.take().map(|err| Box::new(err) as _)];
    for output in outputs.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(std::io::Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    Ok((child, lines))
}

/// The first program of this name on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
}

/// PATH with `folders` in front, so that their programs are found first.
pub(crate) fn path_with(folders: &[&Path]) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = folders.iter().map(PathBuf::from);
    std::env::join_paths(first.chain(std::env::split_paths(&path))).doing("PATH")
}

fn starting(command: &Command) -> String {
    format!("cannot run {}", describe(command))
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
