//! Random tokens: a good one, spoilt in up to three ways, most of them before it is signed.

use countersign_testkit::random::Random;
use countersign_testkit::{Key, Members, base64url, number};

pub(crate) const ISSUER: &str = "https://issuer.example/";
pub(crate) const AUDIENCE: &str = "https://api.example";

/// The algorithms that both libraries have, by share: RSA signs slowly.
const SHARES: [(&str, usize); 12] = [
    ("HS256", 20),
    ("HS384", 10),
    ("HS512", 10),
    ("EdDSA", 30),
    ("ES256", 22),
    ("ES384", 2),
    ("RS256", 1),
    ("RS384", 1),
    ("RS512", 1),
    ("PS256", 1),
    ("PS384", 1),
    ("PS512", 1),
];

/// The keys, one for each algorithm.
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    pub(crate) fn new() -> Self {
        Self(SHARES.iter().map(|(name, _)| Key::of(name)).collect())
    }

    pub(crate) fn public_set(&self) -> String {
        let jwks: Vec<Members> = self.0.iter().filter(|key| !is_secret(key)).map(Key::jwk).collect();
        countersign_testkit::members::key_set(&jwks)
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(|key| is_secret(key))
    }

    fn draw(&self, random: &mut Random) -> &Key {
        let mut at = random.below(100);
        let found = SHARES.iter().position(|(_, share)| {
            let here = at < *share;
            at = at.saturating_sub(*share);
            here
        });
        &self.0[found.expect("shares of a hundred")]
    }
}

pub(crate) fn is_secret(key: &Key) -> bool {
    key.algorithm.starts_with("HS")
}

/// What a token is made of until it is signed.
struct Draft {
    header: Members,
    payload: Members,
    /// In place of the members, where a text is to be no object or no JSON.
    texts: [Option<Vec<u8>>; 2],
    /// What happens to the segments before they are signed.
    lax: Option<usize>,
}

/// A token, and the key that it pretends to be signed with.
pub(crate) fn draw<'a>(random: &mut Random, keys: &'a Keys, now: u64) -> (String, &'a Key) {
    let key = keys.draw(random);
    let mut draft = good(random, key, now);
    let spoilings = if random.percent(12) { 0 } else { 1 + random.below(3) };
    let mut late = 0;
    for _ in 0..spoilings {
        match random.below(10) {
            0..4 => spoil_claim(random, &mut draft, now),
            4..7 => spoil_parameter(random, &mut draft),
            7 => spoil_text(random, &mut draft),
            8 => draft.lax = Some(random.below(8)),
            _ => late += 1,
        }
    }
    let stranger = random.percent(2).then(|| Key::named(&key.algorithm, "stranger"));
    let mut token = sign(random, &draft, stranger.as_ref().unwrap_or(key), &key.algorithm);
    for _ in 0..late {
        token = spoil_token(random, &token, key);
    }
    (token, key)
}

fn good(random: &mut Random, key: &Key, now: u64) -> Draft {
    let mut header = Members::new().text("alg", &key.algorithm);
    if random.percent(85) {
        header = header.text("kid", &key.kid);
    }
    if random.percent(70) {
        header = header.text("typ", random.pick(&["at+jwt", "JWT", "jwt", "application/at+jwt", "AT+JWT"]));
    }
    let mut payload = Members::new().text("iss", ISSUER).text("sub", "alice").text("aud", AUDIENCE);
    payload = payload.raw("exp", now + 1 + random.bits() % 3600);
    for (name, value, share) in [
        ("iat", (now - random.bits() % 60).to_string(), 60),
        ("nbf", (now - random.bits() % 60).to_string(), 30),
        ("jti", format!("\"{}\"", random.bits()), 30),
        ("scope", "\"read write\"".into(), 30),
        ("aud", format!("[\"https://other.example\",\"{AUDIENCE}\"]"), 20),
        ("nested", r#"{"list":[1,-2.5,1e-7,true,null,"\u00fc\ud83d\ude00",{"deep":[[]]}]}"#.into(), 20),
    ] {
        if random.percent(share) {
            payload = payload.raw(name, value);
        }
    }
    Draft { header, payload, texts: [None, None], lax: None }
}

const ODD: [&str; 24] = [
    "null",
    "true",
    "\"\"",
    "\"x\"",
    "\"1800000000\"",
    "0",
    "1",
    "-1",
    "1.5",
    "-0",
    "-0.5",
    "9007199254740991",
    "9007199254740992",
    "1e300",
    "1e17",
    "18446744073709551616",
    "[]",
    "[\"x\"]",
    "[1]",
    "{}",
    "{\"a\":1}",
    "{\"a\":1,\"a\":2}",
    "\"\\ud800\"",
    "[[[[[[[[[[1]]]]]]]]]]",
];

fn spoil_claim(random: &mut Random, draft: &mut Draft, now: u64) {
    let payload = std::mem::take(&mut draft.payload);
    draft.payload = match random.below(10) {
        0..4 => {
            let offset = random.pick(&[&-1000, &-31, &-30, &-29, &-1, &0, &1, &29, &30, &31, &1000]);
            let fraction = random.pick(&["", "", "", ".0", ".4", ".5", ".6", "e0"]);
            let time = now.checked_add_signed(*offset).expect("a time");
            payload.raw(random.pick(&["exp", "exp", "nbf", "iat"]), format!("{time}{fraction}"))
        }
        4..7 => {
            let name = random.pick(&[
                "iss",
                "sub",
                "aud",
                "exp",
                "nbf",
                "iat",
                "jti",
                "client_id",
                "scope",
                "azp",
                "nonce",
                "at_hash",
                "c_hash",
                "events",
                "auth_time",
                "acr",
                "cnf",
                "own",
            ]);
            payload.raw(name, random.pick(&ODD))
        }
        7 => payload.without(random.pick(&["iss", "sub", "aud", "exp", "nbf", "iat"])),
        8 => {
            let iss = random.pick(&[
                "\"https://issuer.example\"",
                "\"HTTPS://issuer.example/\"",
                "[\"https://issuer.example/\"]",
                "[\"https://issuer.example/\",1]",
                "\"https:\\/\\/issuer.example\\/\"",
                "\" https://issuer.example/\"",
            ]);
            let aud = random.pick(&[
                "\"https://api.example/\"",
                "[\"https://api.example\",1]",
                "[[\"https://api.example\"]]",
                "[\"https://api.example\",\"https://api.example\"]",
                "[\"https://api.example\",null]",
                "{\"0\":\"https://api.example\"}",
            ]);
            if random.percent(50) { payload.raw("iss", iss) } else { payload.raw("aud", aud) }
        }
        _ => {
            let name = random.pick(&["iss", "aud", "exp", "nbf", "sub", "own", "\\u0065xp"]);
            payload.again(name, random.pick(&["\"x\"", "4102444800", "null"])).again("own", 1)
        }
    };
}

fn spoil_parameter(random: &mut Random, draft: &mut Draft) {
    let header = std::mem::take(&mut draft.header);
    draft.header = match random.below(8) {
        0 => header.raw(
            "alg",
            random.pick(&[
                "\"none\"",
                "\"HS256\"",
                "\"RS256\"",
                "\"PS256\"",
                "\"ES256\"",
                "\"es256\"",
                "\"ES512\"",
                "\"EdDSA\"",
                "\"Ed25519\"",
                "\"Ed448\"",
                "\"dir\"",
                "\"\"",
                "1",
                "null",
                "[\"ES256\"]",
            ]),
        ),
        1 => header.raw(
            "typ",
            random.pick(&[
                "\"at+JWT\"",
                "\"application/jwt\"",
                "\"logout+jwt\"",
                "\"dpop+jwt\"",
                "\"JOSE\"",
                "1",
                "null",
                "[\"JWT\"]",
                "\" JWT\"",
            ]),
        ),
        2 => {
            let long = format!("\"{}\"", "k".repeat(300));
            header.raw(
                "kid",
                random.pick(&[
                    "\"\"",
                    "\"rs256\"",
                    "\"es256\"",
                    "\"eddsa\"",
                    "\"unknown\"",
                    "1",
                    "null",
                    "[\"es256\"]",
                    &long,
                ]),
            )
        }
        3 => header.raw("crit", random.pick(&["[]", "[\"exp\"]", "[\"b64\"]", "null", "\"b64\"", "[1]"])),
        4 => {
            let (name, value) = *random.pick(&[
                &("b64", "true"),
                &("b64", "false"),
                &("zip", "\"DEF\""),
                &("zip", "null"),
                &("enc", "\"A128GCM\""),
                &("cty", "\"JWT\""),
                &("cty", "\"json\""),
                &("cty", "1"),
                &("cty", "null"),
                &("p2c", "1"),
            ]);
            header.raw(name, value)
        }
        5 => header.raw(random.pick(&["jku", "x5u", "x5t", "x5c", "jwk", "url", "nonce", "own"]), random.pick(&ODD)),
        6 => {
            let attacker = Key::named("EdDSA", "attacker").jwk().json();
            let (name, value) = *random.pick(&[
                &("jwk", attacker.as_str()),
                &("jku", "\"https://evil.example/\""),
                &("x5c", "[\"AAAA\"]"),
                &("own", "9007199254740993"),
                &("own", "[[[[[[[[[[[[1]]]]]]]]]]]]"),
            ]);
            header.raw(name, value)
        }
        _ => header
            .again(
                random.pick(&["alg", "kid", "typ", "own", "\\u0061lg"]),
                random.pick(&["\"ES256\"", "\"none\"", "\"JWT\""]),
            )
            .again("own", 1),
    };
}

/// Texts that are no object, or no JSON.
fn spoil_text(random: &mut Random, draft: &mut Draft) {
    let which = random.below(2);
    let members = if which == 0 { &draft.header } else { &draft.payload };
    let json = members.json();
    let position = random.below(json.len());
    draft.texts[which] = Some(match random.below(9) {
        0 => [b"\xef\xbb\xbf", json.as_bytes()].concat(),
        1 => format!(" {json}\r\n\t").into_bytes(),
        2 => format!("{json}{}", random.pick(&["x", "{}", "\0", ",", "//"])).into_bytes(),
        3 => json.replacen('"', "'", 2).into_bytes(),
        4 => json.replace('}', ",}").into_bytes(),
        5 => [&json.as_bytes()[..position], &[0xff], &json.as_bytes()[position..]].concat(),
        6 => json.as_bytes()[..position].to_vec(),
        // The claims by position: what a struct of serde's accepts as well.
        7 => format!("[4102444800,0,\"alice\",\"{ISSUER}\",\"{AUDIENCE}\"]").into_bytes(),
        _ => format!("{}{json}", " ".repeat(5000)).into_bytes(),
    });
}

fn sign(random: &mut Random, draft: &Draft, signer: &Key, algorithm: &str) -> String {
    let text =
        |which: usize, members: &Members| draft.texts[which].clone().unwrap_or_else(|| members.json().into_bytes());
    let mut segments = [text(0, &draft.header), text(1, &draft.payload)].map(base64url::encode);
    if let Some(way) = draft.lax {
        let segment = &mut segments[random.below(2)];
        *segment = match way {
            0 => format!("{segment}="),
            1 => format!("{segment}=="),
            2 => segment.replace(['-', '_'], "+"),
            3 => format!(" {segment}"),
            4 => format!("{segment}\n"),
            5 => base64url::with_spare_bits(segment).unwrap_or_else(|| format!("{segment}A")),
            6 => String::new(),
            _ => format!("{segment}.{segment}"),
        };
    }
    let input = segments.join(".");
    let signature = signer.sign(algorithm, input.as_bytes());
    format!("{input}.{}", base64url::encode(spoil_signature(random, signature, algorithm)))
}

fn spoil_signature(random: &mut Random, mut signature: Vec<u8>, algorithm: &str) -> Vec<u8> {
    if !random.percent(8) {
        return signature;
    }
    match random.below(7) {
        0 => signature.truncate(signature.len() / 2),
        1 => signature.push(0),
        2 => signature.insert(0, 0),
        3 => signature.fill(0),
        4 => {
            let at = random.below(signature.len());
            signature[at] ^= 1 << random.below(8);
        }
        5 if algorithm == "EdDSA" => {
            let order = number::hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
            let s: Vec<u8> = signature[32..].iter().rev().copied().collect();
            let sum = number::add(&s, &order).expect("no carry");
            signature.splice(32.., sum.into_iter().rev());
        }
        5 if algorithm == "ES256" => {
            // n − s signs the same: ECDSA is malleable, and JOSE has no rule against it.
            let order = number::hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
            let s = number::subtract(&order, &signature[32..]);
            signature.splice(32.., s);
        }
        _ => signature = random.bytes(signature.len()),
    }
    signature
}

/// Changes of a finished token.
fn spoil_token(random: &mut Random, token: &str, key: &Key) -> String {
    let position = random.below(token.len().max(1));
    match random.below(8) {
        0 => token[..position].into(),
        1 => format!(
            "{}{}{}",
            &token[..position],
            random.pick(&["A", ".", "=", " ", "\n", "\0", "_"]),
            &token[position..]
        ),
        2 => format!("{token}."),
        3 => format!(".{token}"),
        4 => token.replacen('.', "..", 1),
        5 => format!("{token}.AAAA.AAAA"),
        6 => format!("Bearer {token}"),
        _ => {
            let other = Key::named(&key.algorithm, "other");
            let input = token.rsplit_once('.').map_or(token, |(input, _)| input);
            format!("{input}.{}", base64url::encode(other.sign(&key.algorithm, input.as_bytes())))
        }
    }
}
