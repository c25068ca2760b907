//! Typed readers of claims.

use alloc::borrow::ToOwned;

use crate::encoding::json::Members;
use crate::error::{ClaimReason, Error};
use crate::verify::numeric_date::{Rounding, numeric_date};

/// A claim that is absent, or a string that is not empty.
pub(crate) fn string<'a>(claims: &'a Members<'_>, name: &str) -> Result<Option<&'a str>, Error> {
    match claims.string(name) {
        Ok(Some("")) => Err(invalid(name, ClaimReason::Empty)),
        Ok(text) => Ok(text),
        Err(_) => Err(invalid(name, ClaimReason::Type)),
    }
}

/// A claim that is a string and not empty.
pub(crate) fn required_string<'a>(claims: &'a Members<'_>, name: &str) -> Result<&'a str, Error> {
    string(claims, name)?.ok_or_else(|| missing(name))
}

/// A claim that is absent, or a NumericDate.
pub(crate) fn date(claims: &Members<'_>, name: &str, rounding: Rounding) -> Result<Option<u64>, Error> {
    let Some(number) = claims.number(name).map_err(|_| invalid(name, ClaimReason::Type))? else { return Ok(None) };
    numeric_date(number, rounding).map(Some).ok_or_else(|| invalid(name, ClaimReason::Range))
}

pub(crate) fn invalid(claim: &str, fault: ClaimReason) -> Error {
    Error::ClaimInvalid { claim: claim.to_owned(), fault }
}

pub(crate) fn missing(claim: &str) -> Error {
    Error::ClaimMissing { claim: claim.to_owned() }
}
