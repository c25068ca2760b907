//! Random texts beside the crate `url`: whatever is taken is what it reads and writes, and whatever else it takes is
//! refused by a rule of ours.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::net::IpAddr;

use url::{Host, Position, Url};

use super::*;
use crate::random::{Random, character, mutate, once_in, text, texts};

const PIECES: [&str; 40] = [
    "https://",
    "http://",
    "HTTPS://",
    "//",
    "/",
    "?",
    "#",
    "@",
    ":",
    ":443",
    ":80",
    ":0",
    ":08",
    ".",
    "..",
    "/./",
    "/../",
    "%2e",
    "%2E%2e",
    "%",
    "%41",
    "\\",
    "localhost",
    ".localhost",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[",
    "]",
    "xn--",
    "xn--4ca",
    "a",
    "1",
    "'",
    "|",
    "\t",
    "\n",
    " ",
    "\u{e4}",
];

/// A text that is mostly a URL.
fn url(random: &mut Random) -> String {
    let mut url = String::from(match random.below(10) {
        0..=4 => "https://",
        5..=8 => "http://",
        _ => random.pick(&["https:/", "https:", "//", "", "ftp://", "HTTPS://", "hTtp://", " https://", "https:///"]),
    });
    if once_in(random, 40) {
        url.push_str(random.pick(&["user@", "a:b@", "@", ":@"]));
    }
    host(random, &mut url);
    match random.below(12) {
        0..=6 => {}
        7 | 8 => url.push_str(random.pick(&[":443", ":80", ":8443", ":0", ":65535", ":65536", ":"])),
        9 => url.push_str(random.pick(&[":0443", ":+1", ":1e3", ":-1", ":99999999999", ":00000080", ":00", ":8 0"])),
        _ => url.push_str(&alloc::format!(":{}", random.below(70_000))),
    }
    for _ in 0..random.below(4) {
        url.push('/');
        component(random, &mut url);
    }
    if once_in(random, 3) {
        url.push('?');
        component(random, &mut url);
    }
    if once_in(random, 30) {
        url.push('#');
        component(random, &mut url);
    }
    url
}

fn host(random: &mut Random, url: &mut String) {
    match random.below(12) {
        0..=3 => {
            for index in 0..=random.below(4) {
                if index > 0 {
                    url.push('.');
                }
                url.push_str(random.pick(&[
                    "a",
                    "Id",
                    "example",
                    "localhost",
                    "0",
                    "x1",
                    "a-b",
                    "_x",
                    "127",
                    "0x1",
                    "xn--4ca",
                    "",
                ]));
            }
        }
        4 => url.push_str(random.pick(&[
            "localhost",
            "LOCALHOST",
            "a.localhost",
            ".localhost",
            "localhost.",
            "xlocalhost",
        ])),
        5 | 6 => {
            // Numbers as addresses, of every count and base.
            for index in 0..=random.below(5) {
                if index > 0 {
                    url.push('.');
                }
                let number = if once_in(random, 2) {
                    random.below(300)
                } else {
                    [0, 1, 127, 255, 256, 65_536, 2_130_706_433][random.below(7)]
                };
                url.push_str(&match random.below(6) {
                    0 => alloc::format!("0x{number:x}"),
                    1 => alloc::format!("0{number:o}"),
                    2 if once_in(random, 4) => alloc::format!("0X{number:X}"),
                    _ => number.to_string(),
                });
            }
            if once_in(random, 8) {
                url.push('.');
            }
        }
        7 => {
            let groups = random.bytes(16);
            let address = IpAddr::from(<[u8; 16]>::try_from(groups).expect("16 bytes"));
            url.push_str(&alloc::format!("[{address}]"));
        }
        8 => url.push_str(random.pick(&[
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[2001:DB8::1]",
            "[::ffff:127.0.0.1]",
            "[::1%25eth0]",
            "[1::2::3]",
            "[::1",
            "::1",
            "[::01.2.3.4]",
            "[00000::1]",
            "[v1.a]",
            "[]",
        ])),
        9 => url.push_str(&text(random, 5)),
        _ => {
            for _ in 0..=random.below(5) {
                url.push(char::from(u8::try_from(0x21 + random.below(0x5e)).expect("ASCII")));
            }
        }
    }
}

fn component(random: &mut Random, url: &mut String) {
    for _ in 0..random.below(5) {
        match random.below(8) {
            0 => url.push_str(random.pick(&[".", "..", "%2e", "%2E.", "...", ".%2e", "%2f", "%zz", "%"])),
            1 => url.push(character(random)),
            2 => url.push(char::from(u8::try_from(0x21 + random.below(0x5e)).expect("ASCII"))),
            _ => url.push_str(random.pick(&["a", "B", "1", "=", "&", "~", "_", "well-known"])),
        }
    }
}

/// Why we refuse what the other parser takes, told from the text and from what it read.
fn rules(text: &str, theirs: &Url) -> Vec<&'static str> {
    let scheme_is_written = text.starts_with("https://") || text.starts_with("http://");
    let authority = text.split("//").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    // A text that has no `/` after the authority means the one with it, but before `?` the standard puts it in.
    let whole = match theirs.path() {
        "/" if !text.get(..text.find(['?', '#']).unwrap_or(text.len())).is_some_and(|base| base.ends_with('/')) => {
            let (base, query) = (&theirs[..Position::BeforePath], &theirs[Position::AfterPath..]);
            [base, query].concat()
        }
        _ => theirs.to_string(),
    };
    let default_port = if theirs.scheme() == "https" { ":443" } else { ":80" };
    let host = authority.strip_suffix(default_port).unwrap_or(authority);
    let is_ipv6 = matches!(theirs.host(), Some(Host::Ipv6(_)));
    let is_rewritten = || {
        // An IPv6 address has several texts, and each of them is the same address.
        let shown = if is_ipv6 { host.rsplit_once(']').map_or("", |(_, port)| port) } else { host };
        let begin = if is_ipv6 { whole.find(']').map_or(0, |at| at + 1) } else { theirs.scheme().len() + 3 };
        let tail = text.split("//").skip(1).collect::<Vec<_>>().join("//");
        let tail = tail.get(authority.len()..).unwrap_or_default();
        whole.get(begin..) != Some(&[shown.to_ascii_lowercase().as_str(), tail].concat())
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    // `localhost` is written in one way; other addresses that are written oddly are rewritten.
    let written =
        authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(authority, |(host, _)| host);
    let is_loopback = match theirs.host() {
        Some(Host::Domain(_)) => written == "localhost" || written.len() > 10 && written.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.octets()[0] == 127,
        _ => written == "[::1]",
    };
    [
        ("scheme", !scheme_is_written),
        ("characters", text.bytes().any(|byte| !(0x21..0x7f).contains(&byte) || b"\"<>\\^`{|}#".contains(&byte))),
        ("user information", authority.contains('@')),
        ("letters of a host", !is_ipv6 && theirs.host_str().is_some_and(|host| !host.bytes().all(plain))),
        ("rewritten", scheme_is_written && is_rewritten()),
        ("http beyond loopback", theirs.scheme() == "http" && !is_loopback),
    ]
    .into_iter()
    .filter_map(|(rule, applies)| applies.then_some(rule))
    .collect()
}

/// What is taken has the parts that the other parser finds.
fn check_parts(text: &str, ours: &HttpUrl<'_>, theirs: &Url) {
    assert_eq!(ours.insecure, theirs.scheme() == "http", "{text}");
    assert_eq!((theirs.username(), theirs.password(), theirs.fragment()), ("", None, None), "{text}");
    assert_eq!(if ours.path.is_empty() { "/" } else { ours.path }, theirs.path(), "{text}");
    assert_eq!(ours.query, theirs.query(), "{text}");
    assert_eq!(
        [ours.origin, ours.path, &ours.query.map_or_else(String::new, |query| ["?", query].concat())].concat(),
        text
    );
    let (host, port) = split_port(ours.origin.split_once("//").expect("a scheme").1).expect("an authority");
    assert_eq!(
        port.map_or(if ours.insecure { "80" } else { "443" }, |port| port),
        theirs.port_or_known_default().expect("a port").to_string(),
        "{text}"
    );
    match theirs.host().expect("a host") {
        Host::Ipv6(address) => assert_eq!(host.trim_matches(['[', ']']).parse(), Ok(address), "{text}"),
        other => assert_eq!(host.to_ascii_lowercase(), other.to_string(), "{text}"),
    }
}

#[test]
fn texts_are_read_as_the_crate_url_reads_them() {
    let mut random = Random::new(0x7a50_0004);
    let (mut both, mut neither) = (0, 0);
    let mut by_rule: alloc::collections::BTreeMap<&str, usize> = alloc::collections::BTreeMap::new();
    let count = texts();
    for round in 0..count {
        let mut bytes = url(&mut random).into_bytes();
        for _ in 0..(round % 2) * random.below(3) {
            mutate(&mut random, &mut bytes, &PIECES);
        }
        let text = String::from_utf8_lossy(&bytes);
        match (HttpUrl::parse(&text), Url::parse(&text)) {
            (Some(ours), Ok(theirs)) => {
                assert_eq!(rules(&text, &theirs), Vec::<&str>::new(), "taken: {text}");
                check_parts(&text, &ours, &theirs);
                both += 1;
            }
            (Some(_), Err(error)) => {
                // A label that claims to be an encoded one and is not: nothing can be fetched from there.
                assert!(text.to_ascii_lowercase().contains("xn--"), "{text}: {error}");
                *by_rule.entry("xn--").or_default() += 1;
            }
            (None, Ok(theirs)) => {
                let rules = rules(&text, &theirs);
                assert!(!rules.is_empty(), "refused, and elsewhere {theirs}: {text}");
                for rule in rules {
                    *by_rule.entry(rule).or_default() += 1;
                }
            }
            (None, Err(_)) => neither += 1,
        }
    }
    std::println!(
        "{count} texts beside url: {both} taken by both, {neither} by neither, refused here by rule: {by_rule:?}"
    );
    assert!(both > count / 20 && neither > count / 50, "{both}, {neither}");
    assert!(count < 10_000 || by_rule.len() == 7, "{by_rule:?}");
}

/// Addresses of every form, most of them with a piece too many, too few or another one, beside the parsers of `core`.
#[test]
fn addresses_are_those_of_core() {
    let mut random = Random::new(0x7a50_0005);
    let (mut fours, mut sixes) = (0, 0);
    for _ in 0..texts().saturating_mul(20) {
        let text = address(&mut random);
        let (four, six) = (text.parse::<core::net::Ipv4Addr>().is_ok(), text.parse::<core::net::Ipv6Addr>().is_ok());
        assert_eq!((is_ipv4(&text), is_ipv6(&text)), (four, six), "{text}");
        fours += u32::from(four);
        sixes += u32::from(six);
    }
    assert!(fours > 1000 && sixes > 1000, "{fours} {sixes}");
}

fn address(random: &mut Random) -> String {
    const OCTETS: [&str; 14] = ["0", "1", "9", "10", "127", "199", "255", "256", "300", "00", "01", "", "1000", "+1"];
    const GROUPS: [&str; 12] = ["0", "1", "f", "Ab", "0db8", "ffff", "2001", "00000", "10000", "", "g", "-1"];
    let octet =
        |random: &mut Random| if once_in(random, 12) { random.pick(&OCTETS) } else { random.pick(&OCTETS[..7]) };
    let group =
        |random: &mut Random| if once_in(random, 16) { random.pick(&GROUPS) } else { random.pick(&GROUPS[..7]) };
    let four = |random: &mut Random| {
        let count = if once_in(random, 8) { random.below(6) } else { 4 };
        (0..count).map(|_| octet(random)).collect::<Vec<_>>().join(".")
    };
    if once_in(random, 4) {
        return four(random);
    }
    let mut pieces: Vec<String> = (0..random.below(10)).map(|_| group(random).into()).collect();
    if once_in(random, 4) {
        let at = if once_in(random, 4) { random.below(pieces.len() + 1) } else { pieces.len() };
        pieces.insert(at, four(random));
    }
    for _ in 0..random.below(3) {
        // Two empty pieces beside each other, or one, are `::` where they are joined.
        pieces.insert(random.below(pieces.len() + 1), String::new());
    }
    let text = pieces.join(":");
    match random.below(8) {
        0 => alloc::format!(":{text}"),
        1 => alloc::format!("{text}:"),
        2 => alloc::format!("::{text}"),
        _ => text,
    }
}
