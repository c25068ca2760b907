//! Prints js/tables.ts: the names, statuses and bounds of the core that JavaScript has to know before the core is loaded;
//! with the argument `presets`, js/presets/index.ts: what vendors' tokens look like; with `vendors`, js/cli/vendors.ts: the
//! same vendors as words of the command line; with `remedies`, js/checks/remedies.ts: the reference of errors; with
//! `providers`, js/providers/index.ts: where to sign in, and with `providers-guide` the same as a table.
//!
//! `cargo xtask tables` writes the files. The text of the first is as prettier would have it.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line tool")]

mod algorithms;
mod presets;
mod providers;
mod remedies;
mod typescript;
mod vendors;

use countersign::error::ErrorArea;
use countersign::jwks_cache::CachePolicy;
use countersign::preset::Form;
use countersign::resource_server::AnswerCache;
use countersign::verify::{Binding, CacheLimits, Limits, VerifierBuilder};
use countersign::{Algorithm, ErrorCode, Profile, SharedSecret, Verifier};

use typescript::{File, number};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("presets") => print!("{}", presets::module()),
        Some("providers") => print!("{}", providers::module()),
        Some("providers-guide") => print!("{}", providers::guide()),
        Some("remedies") => print!("{}", remedies::module()),
        Some("vendors") => print!("{}", vendors::module()),
        _ => print!("{}", module()),
    }
}

fn module() -> String {
    let mut file = File::new("Written by `cargo xtask tables` from the core's own tables: change those.");
    algorithms(&mut file);
    profiles(&mut file);
    errors(&mut file);
    bounds(&mut file);
    forms(&mut file);
    file.into_text()
}

fn algorithms(file: &mut File) {
    let aliases = |algorithm| Algorithm::ALIASES.iter().filter(move |alias| alias.1 == algorithm).map(|alias| alias.0);
    let names = |algorithm: Algorithm| std::iter::once(algorithm.name()).chain(aliases(algorithm));
    let asymmetric: Vec<&str> = Algorithm::asymmetric().flat_map(names).collect();
    let symmetric: Vec<&str> = Algorithm::all().filter(|algorithm| algorithm.is_symmetric()).flat_map(names).collect();
    file.union(
        "Algorithm",
        "The algorithms of public keys: RFC 7518, RFC 8037, RFC 8812, RFC 9864 and RFC 9964's `AKP` keys.",
        &asymmetric,
    );
    file.union(
        "SharedSecretAlgorithm",
        "The algorithms of shared secrets, for {@link createSharedSecretVerifier} only.",
        &symmetric,
    );
    file.list("SHARED_SECRET_ALGORITHMS", "The same, at run time.", &symmetric);
    file.text(
        "ALGORITHM_TABLE",
        "How each is named to `node:crypto` and to WebCrypto, in the core's order: `AlgorithmEntry[]`, as JSON.",
        &algorithms::table(),
    );
}

fn profiles(file: &mut File) {
    let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
    file.list("PROFILES", "The kinds of token.", &names);
    let strict: Vec<&str> =
        Profile::ALL.iter().filter(|profile| needs_audience(**profile)).map(|profile| profile.name()).collect();
    file.list("PROFILES_WITH_AUDIENCE", "Those whose specifications demand `aud`.", &strict);
}

/// Whether the core refuses a verifier of the profile that has a binding alone.
fn needs_audience(profile: Profile) -> bool {
    let builder = Verifier::builder().issuer("https://tenant.example/").profile(profile);
    builder.binding(Binding::new("client_id", ["my-client"])).build().is_err()
}

fn errors(file: &mut File) {
    let groups = [
        (ErrorArea::Token, "TokenErrorCode", "Why a token was refused (HTTP 401)."),
        (
            ErrorArea::Keys,
            "KeysErrorCode",
            "Why there are no keys to verify with (HTTP 503). The token may be good: never answer 401 to these.",
        ),
        (
            ErrorArea::ResourceServer,
            "GuardErrorCode",
            "Why a guard refused a request, beside what is wrong with its token (HTTP 400, 401, 403), or could not judge it (502, 503).",
        ),
        (ErrorArea::Client, "LoginErrorCode", "Why a sign-in failed."),
        (ErrorArea::Session, "SessionErrorCode", "Why a session, or its access token, cannot be had or kept."),
    ];
    for (area, name, doc) in groups {
        let codes = ErrorCode::ALL.iter().filter(|code| code.area() == area).map(|code| code.as_str());
        file.union(name, doc, &codes.collect::<Vec<_>>());
    }
    let statuses = ErrorCode::ALL.iter().map(|code| (code.as_str(), code.status().to_string()));
    file.record("ERROR_STATUS", "The HTTP status of each error code.", statuses);
}

fn bounds(file: &mut File) {
    let Limits { token, header, header_depth, payload_depth, jwks, keys, .. } = Limits::MAX;
    let rows = [
        ("token", token),
        ("header", header),
        ("jwks", jwks),
        ("keys", keys),
        ("headerDepth", header_depth),
        ("payloadDepth", payload_depth),
    ];
    file.record(
        "MAX_LIMITS",
        "The largest values of the option `limits`.",
        rows.map(|(name, most)| (name, number(most))),
    );
    file.number("DEFAULT_TOKEN_LIMIT", "Characters in a token, where `limits` says nothing.", Limits::default().token);
    let CacheLimits { max_entries, max_age, .. } = CacheLimits::MAX;
    file.record(
        "MAX_CACHE",
        "The largest values of the option `cache`.",
        [("maxEntries", number(max_entries)), ("maxAge", number(max_age))],
    );
    file.record(
        "MAX_KEY_CACHE",
        "The largest values of the option `keyCache`, in seconds.",
        [
            ("maxFreshness", number(CachePolicy::MAX_FRESHNESS)),
            ("staleIfError", number(CachePolicy::MAX_STALE_IF_ERROR)),
            ("cooldown", number(CachePolicy::MAX_COOLDOWN)),
            ("timeout", number(CachePolicy::MAX_TIMEOUT)),
        ],
    );
    let CachePolicy { stale_if_error, .. } = CachePolicy::default();
    file.number("DEFAULT_STALE_IF_ERROR", "Seconds, where `keyCache` says nothing.", stale_if_error);
    file.number("MAX_CLOCK_TOLERANCE", "Seconds.", VerifierBuilder::MAX_CLOCK_TOLERANCE);
    file.number(
        "REFUSAL_LIFETIME",
        "Seconds for which it counts what an issuer says against a token.",
        AnswerCache::REFUSAL_LIFETIME,
    );
    file.number("MAX_REFUSALS", "Such answers that are remembered.", AnswerCache::MAX_REFUSALS);
    file.number("MAX_SECRET", "Bytes in a shared secret.", SharedSecret::MAX_LENGTH);
}

fn forms(file: &mut File) {
    let demands = Form::ALL.iter().map(|form| (form.name(), format!("{:?}", form.demand())));
    file.record("FORM_DEMANDS", "What a value of a preset must be.", demands);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_the_core_says() {
        let file = include_str!("../../../js/tables.ts");
        assert!(module() == file, "js/tables.ts is stale: run `cargo xtask tables`");
        for code in ErrorCode::ALL {
            assert!(file.contains(&format!("\n  {code}: {},\n", code.status())), "{code}");
            assert!(
                file.contains(&format!("\"{code}\"")) || code.area() == ErrorArea::Library,
                "{code} is in no group"
            );
        }
    }
}
