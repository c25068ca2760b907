//! NumericDate (RFC 7519 §2): times in claims.

/// Fractions are rounded against the token: an end comes earlier, a beginning later.
#[derive(Clone, Copy)]
pub(crate) enum Rounding {
    Down,
    Up,
}

/// A NumericDate (RFC 7519 §2): seconds since the epoch, not negative, below 2^53.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range check makes the conversions exact"
)]
pub(crate) fn numeric_date(number: f64, rounding: Rounding) -> Option<u64> {
    if !(0.0..9_007_199_254_740_992.0).contains(&number) {
        return None;
    }
    let whole = number as u64;
    match rounding {
        Rounding::Up if (whole as f64) < number => whole.checked_add(1),
        _ => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_dates_round_against_the_token() {
        for (number, down, up) in [
            (0.0, Some(0), Some(0)),
            (-0.0, Some(0), Some(0)),
            (1.5, Some(1), Some(2)),
            (9_007_199_254_740_991.0, Some(9_007_199_254_740_991), Some(9_007_199_254_740_991)),
            (9_007_199_254_740_992.0, None, None),
            (1e300, None, None),
            (-1.0, None, None),
            (-0.5, None, None),
        ] {
            assert_eq!(numeric_date(number, Rounding::Down), down, "{number}");
            assert_eq!(numeric_date(number, Rounding::Up), up, "{number}");
        }
    }
}
