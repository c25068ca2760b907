//! The curves of ECDSA: P-256, P-384 and P-521 (SP 800-186 §3.2.1), and secp256k1 (SEC 2 §2.4.1).

use super::limbs::{hex, small};
use super::primes;
use super::weierstrass::Curve;

pub(crate) static P256: Curve<11, 22> = Curve {
    prime: &primes::P256,
    order: hex("ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551"),
    b: hex("5ac635d8 aa3a93e7 b3ebbd55 769886bc 651d06b0 cc53b0f6 3bce3c3e 27d2604b"),
    generator: [
        hex("6b17d1f2 e12c4247 f8bce6e5 63a440f2 77037d81 2deb33a0 f4a13945 d898c296"),
        hex("4fe342e2 fe1a7f9b 8ee7eb4a 7c0f9e16 2bce3357 6b315ece cbb64068 37bf51f5"),
    ],
    minus_three: true,
    window: 5,
    strides: [12, 2],
};

pub(crate) static P384: Curve<16, 32> = Curve {
    prime: &primes::P384,
    order: hex("ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff c7634d81 f4372ddf \
         581a0db2 48b0a77a ecec196a ccc52973"),
    b: hex("b3312fa7 e23ee7e4 988e056b e3f82d19 181d9c6e fe814112 0314088f 5013875a \
         c656398d 8a2ed19d 2a85c8ed d3ec2aef"),
    generator: [
        hex("aa87ca22 be8b0537 8eb1c71e f320ad74 6e1d3b62 8ba79b98 59f741e0 82542a38 \
             5502f25d bf55296c 3a545e38 72760ab7"),
        hex("3617de4a 96262c6f 5d9e98bf 9292dc29 f8f41dbd 289a147c e9da3113 b5f0b8c0 \
             0a60b1ce 1d7e819d 7a431d7c 90ea0e5f"),
    ],
    minus_three: true,
    window: 5,
    strides: [18, 3],
};

pub(crate) static P521: Curve<23, 46> = Curve {
    prime: &primes::P521,
    order: hex("1ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffa \
         51868783 bf2f966b 7fcc0148 f709a5d0 3bb5c9b8 899c47ae bb6fb71e 91386409"),
    b: hex("051 953eb961 8e1c9a1f 929a21a0 b68540ee a2da725b 99b315f3 b8b48991 8ef109e1 \
         56193951 ec7e937b 1652c0bd 3bb1bf07 3573df88 3d2c34f1 ef451fd4 6b503f00"),
    generator: [
        hex("0c6 858e06b7 0404e9cd 9e3ecb66 2395b442 9c648139 053fb521 f828af60 6b4d3dba \
             a14b5e77 efe75928 fe1dc127 a2ffa8de 3348b3c1 856a429b f97e7e31 c2e5bd66"),
        hex("118 39296a78 9a3bc004 5c8a5fb4 2c7d1bd9 98f54449 579b4468 17afbd17 273e662c \
             97ee7299 5ef42640 c550b901 3fad0761 353c7086 a272c240 88be9476 9fd16650"),
    ],
    minus_three: true,
    window: 5,
    strides: [24, 4],
};

pub(crate) static SECP256K1: Curve<11, 22> = Curve {
    prime: &primes::SECP256K1,
    order: hex("ffffffff ffffffff ffffffff fffffffe baaedce6 af48a03b bfd25e8c d0364141"),
    b: small(7),
    generator: [
        hex("79be667e f9dcbbac 55a06295 ce870b07 029bfcdb 2dce28d9 59f2815b 16f81798"),
        hex("483ada77 26a3c465 5da4fbfc 0e1108a8 fd17b448 a6855419 9c47d08f fb10d4b8"),
    ],
    minus_three: false,
    window: 5,
    strides: [12, 2],
};
