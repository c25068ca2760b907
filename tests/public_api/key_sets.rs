//! Key sets.

use countersign::keys::VerifyingKey;
use countersign::verify::Limits;
use countersign::{Algorithm, ErrorCode, KeySet, SharedSecret};
use countersign_testkit::Key;
use countersign_testkit::members::{Members, key_set};

use crate::code;

fn kids(keys: &KeySet) -> Vec<Option<&str>> {
    keys.keys().map(VerifyingKey::kid).collect()
}

fn three() -> [Members; 3] {
    [Key::of("ES256").jwk(), Key::of("EdDSA").jwk().text("use", "enc"), Key::of("ES384").jwk()]
}

#[test]
fn a_key_set_has_the_usable_keys_in_order_and_names_the_others() {
    let text = key_set(&three());
    let from_text = KeySet::from_text(&text, &Limits::default()).unwrap();
    let within = KeySet::from_json_within(text.as_bytes(), &Limits::default()).unwrap();
    for keys in [KeySet::from_json(&text).unwrap(), from_text, within] {
        assert_eq!(kids(&keys), [Some("es256"), Some("es384")]);
        let skipped: Vec<_> = keys.skipped().iter().map(|key| (key.kid.as_deref(), key.error.code())).collect();
        assert_eq!(skipped, [(Some("eddsa"), ErrorCode::KeyUnsuitable)]);
    }
    let nameless = key_set(&[three()[0].clone(), Members::new().text("kty", "unheard of")]);
    let keys = KeySet::from_json(&nameless).unwrap();
    assert_eq!((kids(&keys), keys.skipped()[0].kid.as_deref()), (vec![Some("es256")], None));
    assert_eq!(kids(&KeySet::default()), []);
    assert!(KeySet::default().skipped().is_empty());
}

#[test]
fn the_limits_of_a_key_set_are_the_ones_given() {
    let text = key_set(&three());
    let mut limits = Limits::default();
    limits.keys = 3;
    limits.jwks = text.len();
    assert!(KeySet::from_json_within(text.as_bytes(), &limits).is_ok());
    assert!(KeySet::from_text(&text, &limits).is_ok());
    let (mut few, mut small) = (limits, limits);
    few.keys = 2;
    small.jwks = text.len() - 1;
    for limits in [few, small] {
        assert_eq!(code(KeySet::from_json_within(text.as_bytes(), &limits)), Some(ErrorCode::JwksInvalid));
        assert_eq!(code(KeySet::from_text(&text, &limits)), Some(ErrorCode::JwksInvalid));
    }
}

#[test]
fn one_key_is_a_set_of_one() {
    let key = Key::of("ES256");
    let (jwk, pem) = (key.jwk().json(), key.pem());
    let text = |text: &str| KeySet::from_text(text, &Limits::default()).unwrap();
    let same = VerifyingKey::from_jwk(&jwk).unwrap().to_jwk();
    let named = [KeySet::from_jwk(&jwk).unwrap(), text(&jwk), VerifyingKey::from_jwk(&jwk).unwrap().into()];
    let nameless = [KeySet::from_pem(&pem).unwrap(), text(&pem)];
    for (keys, kid) in named.iter().map(|keys| (keys, Some("es256"))).chain(nameless.iter().map(|keys| (keys, None))) {
        assert_eq!(kids(keys), [kid]);
        assert_eq!(keys.keys().next().unwrap().to_jwk(), same);
        assert!(keys.skipped().is_empty());
    }
    assert_eq!(code(KeySet::from_jwk("{}")), Some(ErrorCode::KeyInvalid));
    assert_eq!(code(KeySet::from_pem("")), Some(ErrorCode::KeyInvalid));
}

#[test]
fn a_secret_is_a_set_of_one() {
    let secret = SharedSecret::new(Algorithm::HS384, &Key::of("HS384").bytes()).unwrap();
    let keys = KeySet::from(secret);
    assert_eq!(keys.keys().map(VerifyingKey::algorithm).collect::<Vec<_>>(), [Some(Algorithm::HS384)]);
}

#[test]
fn a_bundle_has_the_keys_of_one_use() {
    let svid = |kid: &str| Key::named("ES256", kid).jwk().text("use", "jwt-svid");
    let bundle = key_set(&[svid("a"), Key::of("ES384").jwk(), Key::of("EdDSA").jwk().without("use")]);
    let keys = KeySet::from_json_with_use(&bundle, "jwt-svid").unwrap();
    assert_eq!(kids(&keys), [Some("a")]);
    assert_eq!(keys.skipped().len(), 2);
    assert_eq!(kids(&KeySet::from_json(&bundle).unwrap()), [Some("es384"), Some("eddsa")]);
}
