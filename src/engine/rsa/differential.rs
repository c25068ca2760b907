//! Verdicts beside those of the crate `rsa`, for moduli of many sizes, and for blocks and signatures with one thing wrong.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use countersign_testkit::hash::sha;
use countersign_testkit::{primes, rsa_raw};
use num_bigint::BigUint;
use rsa::signature::Verifier as _;
use rsa::{BoxedUint, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

use super::*;
use countersign_testkit::random::{Random, cases};

/// Primes, of which a modulus is the product: what is signed must come from them.
fn prime(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("hexadecimal digits")
}

/// A modulus, and the exponents.
struct Pair {
    n: BigUint,
    public: u32,
    private: BigUint,
}

impl Pair {
    fn new(primes: &[BigUint], public: u32) -> Self {
        let one = BigUint::from(1_u8);
        let order: BigUint = primes.iter().map(|prime| prime - &one).product();
        let private = BigUint::from(public).modinv(&order).expect("an exponent without a factor of the order");
        Self { n: primes.iter().product(), public, private }
    }

    fn bits(&self) -> usize {
        usize::try_from(self.n.bits()).expect("a few thousand")
    }

    /// A number in as many bytes as the modulus.
    fn bytes(&self, number: &BigUint) -> Vec<u8> {
        let minimal = number.to_bytes_be();
        [vec![0; self.bits().div_ceil(8) - minimal.len()], minimal].concat()
    }

    fn sign(&self, block: &[u8]) -> Vec<u8> {
        self.bytes(&BigUint::from_bytes_be(block).modpow(&self.private, &self.n))
    }

    fn ours(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = Key::new(&self.n.to_bytes_be(), self.public).expect("a key");
        key.verify(algorithm, message, signature)
    }

    fn theirs(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        use rsa::{pkcs1v15, pss};
        let bits = u32::try_from(self.bits()).expect("a few thousand");
        let n = BoxedUint::from_be_slice(&self.n.to_bytes_be(), bits.next_multiple_of(64)).expect("as long");
        let key = RsaPublicKey::new(n, BoxedUint::from(u64::from(self.public))).expect("a key");
        macro_rules! verify {
            ($scheme:ident, $hash:ty) => {
                $scheme::Signature::try_from(signature)
                    .is_ok_and(|signature| $scheme::VerifyingKey::<$hash>::new(key).verify(message, &signature).is_ok())
            };
        }
        match algorithm {
            Algorithm::RS256 => verify!(pkcs1v15, Sha256),
            Algorithm::RS384 => verify!(pkcs1v15, Sha384),
            Algorithm::RS512 => verify!(pkcs1v15, Sha512),
            Algorithm::PS256 => verify!(pss, Sha256),
            Algorithm::PS384 => verify!(pss, Sha384),
            Algorithm::PS512 => verify!(pss, Sha512),
            _ => false,
        }
    }
}

/// Keys of 2048 to 4096 bits. A small factor makes lengths that are no whole bytes.
fn pairs() -> Vec<Pair> {
    let [a, b, c, d] = [primes::A, primes::B, primes::C, primes::D].map(|pair| pair.map(prime));
    let with = |factor: u32| [a[0].clone(), a[1].clone(), factor.into()];
    let mut pairs: Vec<Pair> = [3, 5, 11, 19, 37, 67, 131, 257].map(|factor| Pair::new(&with(factor), 65537)).into();
    pairs.extend([&a[..], &b, &c, &d, &[a[0].clone(), c[1].clone()]].map(|primes| Pair::new(primes, 65537)));
    pairs.push(Pair::new(&[b[0].clone(), b[1].clone(), 3_u8.into()], 0xffff_fffb));
    pairs
}

const ALGORITHMS: [Algorithm; 6] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

#[test]
#[cfg_attr(miri, ignore = "another library's arithmetic is not what is interpreted")]
fn verdicts() {
    let pairs = pairs();
    let mut random = Random::new(0x45a);
    let mut verdicts = [0; 2];
    for case in 0..cases(90, usize::MAX) {
        let pair = &pairs[case % pairs.len()];
        let mut compare = |algorithm, message: &[u8], signature: &[u8]| {
            let theirs = pair.theirs(algorithm, message, signature);
            let ours = pair.ours(algorithm, message, signature);
            assert_eq!(ours, theirs, "{algorithm:?}, {} bits, {message:x?}, {signature:x?}", pair.bits());
            verdicts[usize::from(theirs)] += 1;
        };
        let algorithm = ALGORITHMS[random.below(6)];
        let hash = algorithm.entry().hash.expect("a hash").length();
        let message = random.bytes(12);
        let is_pss = algorithm.entry().scheme == Scheme::RsaPss;
        let mut block = if is_pss {
            // A wrong length of the salt now and then.
            let salt = if random.percent(80) { hash } else { random.below(2 * hash) };
            rsa_raw::pss_block(pair.bits(), 8 * hash, 8 * hash, salt, &message)
        } else {
            let info = [rsa_raw::digest_info(8 * hash), sha(8 * hash, &message)].concat();
            rsa_raw::pkcs1_block(pair.bits().div_ceil(8), &info)
        };
        let signature = pair.sign(&block);
        compare(algorithm, &message, &signature);
        compare(ALGORITHMS[random.below(6)], &message, &signature);
        compare(algorithm, b"another", &signature);
        let mut changed = signature.clone();
        changed[random.below(signature.len())] ^= 1 << random.below(8);
        compare(algorithm, &message, &changed);
        compare(algorithm, &message, &signature[1..]);
        compare(algorithm, &message, &[&[0], signature.as_slice()].concat());
        // The same residue, where it has room
        let next = BigUint::from_bytes_be(&signature) + &pair.n;
        if next.bits().div_ceil(8) <= pair.n.bits().div_ceil(8) {
            compare(algorithm, &message, &pair.bytes(&next));
        }
        let one = BigUint::from(1_u8);
        let edges =
            [BigUint::ZERO, one.clone(), &pair.n - &one, pair.n.clone(), (&one << (8 * signature.len())) - &one];
        compare(algorithm, &message, &pair.bytes(&edges[random.below(edges.len())]));
        // A block with one thing wrong, signed: anywhere, or where it begins, ends or changes from padding to content.
        let end = block.len();
        let places = [0, 1, 2, 3, end - 1, end - hash - 1, end - hash - 2, end - hash - 20, random.below(end)];
        let place = places[random.below(places.len())];
        block[place] ^= 1 << random.below(8);
        if BigUint::from_bytes_be(&block) < pair.n {
            compare(algorithm, &message, &pair.sign(&block));
        }
    }
    let [refused, accepted] = verdicts;
    assert!(refused > 20 && accepted > 20, "{refused} refused, {accepted} accepted");
}
