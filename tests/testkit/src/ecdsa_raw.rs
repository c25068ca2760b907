//! ECDSA signatures whose verification comes to chosen multiples of the generator and the key.

/// A signature (r, s) of a hash: u1 = e/s and u2 = r/s are the factors of the generator and the key.
pub struct Chosen {
    /// Which of the factors are what was chosen.
    pub name: &'static str,
    /// r and s.
    pub signature: Vec<u8>,
    /// The private key that makes it right, if one is known.
    pub private: Option<Vec<u8>>,
}

/// Signatures of the hash in which a factor is `digit` · 2^`shift`, or its negative for the key beside it for the
/// generator.
///
/// # Panics
/// For other algorithms than those of ECDSA.
pub fn chosen(algorithm: &str, hash: &[u8], factor: (u64, usize)) -> [Chosen; 3] {
    match algorithm {
        "ES256" => p256(hash, factor),
        "ES384" => p384(hash, factor),
        "ES512" => p521(hash, factor),
        "ES256K" => k256(hash, factor),
        _ => panic!("{algorithm} is not ECDSA"),
    }
}

macro_rules! curve {
    ($name:ident, $length:literal) => {
        fn $name(hash: &[u8], (digit, shift): (u64, usize)) -> [Chosen; 3] {
            use $name::elliptic_curve::PrimeField as _;
            use $name::elliptic_curve::point::AffineCoordinates as _;
            use $name::{ProjectivePoint, Scalar};
            let scalar = |bytes: &[u8]| {
                let padded = [&[0; $length][bytes.len()..], bytes].concat();
                Scalar::from_repr(padded.as_slice().try_into().expect("its length")).expect("below the order")
            };
            let inverse = |scalar: &Scalar| scalar.invert().expect("not zero");
            let signature = |r: &Scalar, s: &Scalar| [r.to_repr().as_slice(), s.to_repr().as_slice()].concat();
            let e = scalar(hash);
            let factor = (0..shift).fold(Scalar::from(digit), |factor, _| factor + factor);
            let nonce = Scalar::from(0x1234_5678_9abc_u64);
            let r = scalar((ProjectivePoint::GENERATOR * nonce).to_affine().x().as_slice());
            let chosen = |name, r: &Scalar, s: &Scalar, private: Option<Scalar>| Chosen {
                name,
                signature: signature(r, s),
                private: private.map(|private| private.to_repr().to_vec()),
            };
            // The nonce is u1 + u2·d, for the private key d.
            let s = e * inverse(&factor);
            let first = chosen("generator", &r, &s, Some((nonce - factor) * s * inverse(&r)));
            let both = chosen("both", &-e, &s, None);
            let s = r * inverse(&factor);
            let second = chosen("key", &r, &s, Some((nonce - e * inverse(&s)) * inverse(&factor)));
            [first, second, both]
        }
    };
}

curve!(p256, 32);
curve!(p384, 48);
curve!(p521, 66);
curve!(k256, 32);
