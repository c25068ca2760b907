//! Sign-ins that are under way, a cookie each: several tabs can sign in at once, and what is not finished is no session.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::encoding::base64url;
use crate::encoding::unique::sort;
use crate::hash::Hash;
use crate::session::cookies::pairs;
use crate::session::site::Site;

/// Seconds that a sign-in may take.
pub const MAX_AGE: u64 = 600;

/// Sign-ins under way at once. A prefetch storm or a page of many tabs then fills no header field.
pub const MAX_TRANSACTIONS: usize = 4;

/// Bytes of their cookies together.
pub const MAX_BYTES: usize = 6144;

/// The beginning of their names.
const NAME: &str = "sign-in.";

/// The `Set-Cookie` header fields for a sign-in that begins at `now`, whose transaction is sealed by
/// [`Purpose::Transaction`](super::Purpose::Transaction) for the cookie [`name`]. `fields` are the `Cookie` header fields of the request: of
/// the sign-ins in them the oldest are removed, as far as there are too many.
///
/// `None`: the transaction is longer than [`MAX_BYTES`].
///
/// # Example
/// ```
/// use countersign::session::{Site, transactions};
///
/// let site = Site::new("https://app.example")?;
/// let set = transactions::write(&site, "the state", "sealed", &[], 1_800_000_000).ok_or("too large")?;
/// let cookie = set[0].split(';').next().unwrap_or_default();
/// assert_eq!(transactions::read(&site, "the state", &[cookie]), Some("sealed"));
/// assert_eq!(transactions::read(&site, "another state", &[cookie]), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(site: &Site, state: &str, sealed: &str, fields: &[&str], now: u64) -> Option<Vec<String>> {
    let own = name(state);
    let value = [&now.to_string(), ".", sealed].concat();
    let length = |name: &str, value: &str| name.len().saturating_add(value.len());
    let mut bytes = length(&site.cookie_name(&own), &value);
    if bytes > MAX_BYTES {
        return None;
    }
    let mut set = alloc::vec![site.set_cookie(&own, &value, MAX_AGE)];
    let mut others = under_way(site, fields);
    others.retain(|other| other.name != own);
    // The youngest first.
    sort(&mut others, |other| &other.begun_at);
    others.reverse();
    for (before, other) in others.iter().enumerate() {
        bytes = bytes.saturating_add(length(&site.cookie_name(other.name), other.value));
        let is_over = other.begun_at.saturating_add(MAX_AGE) <= now || other.begun_at > now.saturating_add(MAX_AGE);
        if before.saturating_add(1) >= MAX_TRANSACTIONS || bytes > MAX_BYTES || is_over {
            set.push(site.delete_cookie(other.name));
        }
    }
    Some(set)
}

/// The sealed transaction of the sign-in with that `state`, by the `Cookie` header fields of a callback.
pub fn read<'a>(site: &Site, state: &str, fields: &[&'a str]) -> Option<&'a str> {
    let own = name(state);
    let mut found = under_way(site, fields).into_iter().filter(|cookie| cookie.name == own);
    let first = found.next()?;
    let (_, sealed) = first.value.split_once('.')?;
    found.next().is_none().then_some(sealed)
}

/// The `Set-Cookie` header field that removes a sign-in, finished or failed: it is good for one callback.
pub fn delete(site: &Site, state: &str) -> String {
    site.delete_cookie(&name(state))
}

/// Those that remove all sign-ins of a request, at a logout.
pub fn delete_all(site: &Site, fields: &[&str]) -> Vec<String> {
    under_way(site, fields).iter().map(|cookie| site.delete_cookie(cookie.name)).collect()
}

/// The name of the cookie, without the prefix of [`Site`]: by a hash of `state`, so that a callback finds its own.
pub fn name(state: &str) -> String {
    let hash = Hash::Sha256.digest(state.as_bytes());
    let beginning: Vec<u8> = hash.into_iter().take(12).collect();
    [NAME, &base64url::encode(&beginning)].concat()
}

struct Cookie<'a> {
    name: &'a str,
    value: &'a str,
    begun_at: u64,
}

fn under_way<'a>(site: &Site, fields: &[&'a str]) -> Vec<Cookie<'a>> {
    let prefix = site.cookie_name("");
    let cookies = pairs(fields).into_iter().filter_map(|(whole, value)| {
        let name = whole.strip_prefix(prefix.as_str())?;
        let hash = name.strip_prefix(NAME)?;
        let is_ours = hash.len() == 16 && hash.bytes().all(base64url::is_digit);
        // Whatever else is in it is the oldest of all.
        let begun_at = value.split('.').next().and_then(|time| time.parse().ok()).unwrap_or(0);
        is_ours.then_some(Cookie { name, value, begun_at })
    });
    cookies.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn site() -> Site {
        Site::new("https://app.example").unwrap()
    }

    /// A browser's cookies, changed by `Set-Cookie` header fields.
    fn take(kept: &mut Vec<(String, String)>, set: &[String]) {
        for line in set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            kept.retain(|(other, _)| other != name);
            if !line.contains("Max-Age=0;") {
                kept.push((name.to_string(), value.to_string()));
            }
        }
    }

    fn header(kept: &[(String, String)]) -> String {
        kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_storm_of_sign_ins_leaves_the_youngest_four() {
        let mut kept = vec![("theme".to_string(), "dark".to_string())];
        for step in 0..1_000 {
            let cookie = header(&kept);
            let set = write(&site(), &format!("state {step}"), &"x".repeat(200), &[&cookie], NOW + step / 10).unwrap();
            take(&mut kept, &set);
            assert!(kept.len() <= 1 + MAX_TRANSACTIONS);
        }
        let cookie = header(&kept);
        for step in 0..1_000 {
            let found = read(&site(), &format!("state {step}"), &[&cookie]).is_some();
            assert!(!found || step >= 990, "{step}");
        }
        assert!(read(&site(), "state 999", &[&cookie]).is_some());
        take(&mut kept, &delete_all(&site(), &[&cookie]));
        assert_eq!(header(&kept), "theme=dark");
    }

    #[test]
    fn large_ones_push_the_oldest_out() {
        let mut kept = Vec::new();
        for step in 0..4_u64 {
            let cookie = header(&kept);
            let set = write(&site(), &step.to_string(), &"x".repeat(2_500), &[&cookie], NOW + step).unwrap();
            take(&mut kept, &set);
            assert!(header(&kept).len() <= MAX_BYTES + 16);
        }
        let cookie = header(&kept);
        let left: Vec<bool> = (0..4).map(|step| read(&site(), &step.to_string(), &[&cookie]).is_some()).collect();
        assert_eq!(left, [false, false, true, true]);
        assert_eq!(write(&site(), "s", &"x".repeat(6_144), &[], NOW), None);
    }

    #[test]
    fn what_is_over_or_of_the_future_goes() {
        for begun_at in ["1799999400", "1800000601", "x", "", "18446744073709551615"] {
            let name = site().cookie_name(&name("old"));
            let set = write(&site(), "new", "sealed", &[&format!("{name}={begun_at}.sealed")], NOW).unwrap();
            assert_eq!(set.get(1), Some(&site().delete_cookie(&super::name("old"))), "{begun_at}");
        }
        let name = site().cookie_name(&name("young"));
        assert_eq!(write(&site(), "new", "sealed", &[&format!("{name}=1799999401.sealed")], NOW).unwrap().len(), 1);
    }

    #[test]
    fn a_callback_finds_its_own_alone() {
        let set = [write(&site(), "a", "A", &[], NOW).unwrap(), write(&site(), "b", "B", &[], NOW).unwrap()].concat();
        let mut kept = Vec::new();
        take(&mut kept, &set);
        let cookie = header(&kept);
        assert_eq!((read(&site(), "a", &[&cookie]), read(&site(), "b", &[&cookie])), (Some("A"), Some("B")));
        assert_eq!(read(&site(), "c", &[&cookie]), None);
        assert_eq!(read(&site(), "a", &[&cookie, &cookie]), None, "it is there twice");
        assert_eq!(read(&site(), "a", &[&cookie.replace("__Host-", "")]), None, "another name");
        take(&mut kept, &[delete(&site(), "a")]);
        let cookie = header(&kept);
        assert_eq!((read(&site(), "a", &[&cookie]), read(&site(), "b", &[&cookie])), (None, Some("B")));
    }
}
