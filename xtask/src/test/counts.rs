//! How many tests a suite says it ran.

use std::fmt;
use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Counts {
    pub(super) fn total(&self) -> usize {
        self.passed + self.failed + self.skipped
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The sum of all lines `test result: ok. 3 passed; 0 failed; 1 ignored; …` of Rust's test harnesses.
pub(super) fn libtest(output: &str) -> Option<Counts> {
    let mut sum = None;
    for line in output.lines() {
        let Some((_, result)) = line.split_once("test result: ") else {
            continue;
        };
        let (_, numbers) = result.split_once(". ")?;
        *sum.get_or_insert_with(Counts::default) += Counts {
            passed: number(numbers, "passed")?,
            failed: number(numbers, "failed")?,
            skipped: number(numbers, "ignored")?,
        };
    }
    sum
}

/// The last line `N passed, N failed[, N skipped]`.
pub(super) fn summary(output: &str) -> Option<Counts> {
    output.lines().rev().find_map(|line| {
        Some(Counts {
            passed: number(line, "passed")?,
            failed: number(line, "failed")?,
            skipped: number(line, "skipped").unwrap_or(0),
        })
    })
}

/// N of the item `N what` in a list.
fn number(list: &str, what: &str) -> Option<usize> {
    list.split([',', ';']).find_map(|item| {
        let (number, name) = item.trim().split_once(' ')?;
        (name == what).then(|| number.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_what_the_harnesses_of_rust_say() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0.10s\n";
        assert_eq!(libtest(output), Some(Counts { passed: 4, failed: 2, skipped: 4 }));
        assert_eq!(libtest("error: could not compile"), None);
    }

    #[test]
    fn takes_the_last_summary() {
        let output = "1 passed, 1 failed\n✓ a line\n12 passed, 0 failed, 3 skipped\n";
        assert_eq!(summary(output), Some(Counts { passed: 12, failed: 0, skipped: 3 }));
        assert_eq!(summary("2 passed, 0 failed"), Some(Counts { passed: 2, failed: 0, skipped: 0 }));
        assert_eq!(summary("it threw"), None);
    }
}
