//! The primes of the curves, and how a product is reduced by each.

use super::field::{Element, Prime, carry, split, width};
use super::lanes::{Lanes, Pinned};
use super::limbs::hex;

pub(crate) static P256: Prime<11, 22> = Prime {
    value: hex("ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff ffffffff"),
    bits: 256,
    montgomery: true,
    reduce: reduce_p256,
};

pub(crate) static P384: Prime<16, 32> = Prime {
    value: hex("ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffe \
         ffffffff 00000000 00000000 ffffffff"),
    bits: 384,
    montgomery: false,
    // 2^384 is 2^128 + 2^96 − 2^32 + 1.
    reduce: |columns| {
        const FOLD: [f64; 6] = [1.0, -256.0, 0.0, 0.0, 1.0, 256.0];
        fold(columns, &FOLD, 24, &FOLD)
    },
};

pub(crate) static P521: Prime<23, 46> = Prime {
    value: hex("1ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff \
         ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff"),
    bits: 521,
    montgomery: false,
    // 2^529 is 2^8.
    reduce: |columns| fold(columns, &[256.0], 15, &[1.0]),
};

pub(crate) static SECP256K1: Prime<11, 22> = Prime {
    value: hex("ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffe fffffc2f"),
    bits: 256,
    montgomery: false,
    // 2^256 is 2^32 + 977, and 2^264 is 2^8 times that.
    reduce: |columns| fold(columns, &[250_112.0, 65536.0], 16, &[977.0, 256.0]),
};

pub(crate) static CURVE25519: Prime<11, 22> = Prime {
    value: hex("7fffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffed"),
    bits: 255,
    montgomery: false,
    // 2^255 is 19, and 2^264 is 2^9 times that.
    reduce: |columns| fold(columns, &[9728.0], 15, &[19.0]),
};

/// Montgomery's reduction. p = 2^256 − 2^224 + 2^192 + 2^96 − 1 ends in 96 ones, so that the factor of p
/// that clears a column is the column itself, four columns at a time and without a product:
/// q·p takes q from column i and adds q to i + 4 and i + 8, −2^8·q to i + 9 and 2^16·q to i + 10.
///
/// A factor q is a digit and the carry of a column, 2^23 + 2^28.6; times 2^16 that is nothing beside a
/// column. After one more carry the digits are 2^23 + 2^28.7, after the next 2^23 + 2^6.
#[inline(never)]
fn reduce_p256(columns: &Pinned<22>) -> Element<11> {
    let [m8, m16] = [Lanes::splat(256.0), Lanes::splat(65536.0)];
    let mut q = [Lanes::splat(0.0); 11];
    let mut carried = Lanes::splat(0.0);
    unrolled!(i in 0, 11; {
        let mut column = columns.get(i);
        if i >= 4 {
            column = column + q[i - 4];
        }
        if i >= 8 {
            column = column + q[i - 8];
        }
        if i >= 9 {
            column = column - q[i - 9] * m8;
        }
        if i >= 10 {
            column = column + q[i - 10] * m16;
        }
        let (low, high) = split(column, 24);
        q[i] = low + carried;
        carried = high;
    });
    // What is beyond bit 256 of the value, bit 40 of its digit 9, goes where 2^256 = 2^224 − 2^192 − 2^96 + 1
    // has it, so that the value stays below the prime in size.
    let (last, over) = split(columns.get(20) + q[10] * m16, 40);
    // Carried twice, one digit after the other, so that few values wait at a time.
    let mut digits = [Lanes::splat(0.0); 11];
    let [mut first, mut second] = [carried, Lanes::splat(0.0)];
    unrolled!(i in 0, 10; {
        let column = match i {
            0..=3 => columns.get(11 + i) + q[i + 7] + q[i + 3] - q[i + 2] * m8 + q[i + 1] * m16,
            4..=7 => columns.get(11 + i) + q[i + 3] - q[i + 2] * m8 + q[i + 1] * m16,
            8 => columns.get(19) - q[10] * m8 + q[9] * m16,
            _ => last,
        };
        // The carry of the lower half belongs to the sum that is carried from, all others to what is left of it.
        let (low, high) = split(if i == 0 { column + carried } else { column }, 24);
        let once = if i == 0 { low } else { low + first };
        first = high;
        let once = match i {
            0 => once + over,
            4 | 8 => once - over,
            9 => once + over * m8,
            _ => once,
        };
        let (low, high) = split(once, 24);
        digits[i] = if i == 0 { low } else { low + second };
        second = high;
    });
    digits[10] = first + second;
    Element::new(digits)
}

/// Reduction by a prime just below a power of two: what is beyond the digits comes back at their low end.
///
/// `beyond` are the digits of what 2^(width·N) is congruent to, `excess` those of 2^(width·(N − 1) + top).
///
/// Bounds. A column of at most 2^52.7 (23-bit digits: 2^51.2) carries 2^28.7, so what comes back has digits
/// of 2^23 + 2^28.7, times a factor of less than 2^18: 2^46.7, and the column stays below 2^52.71. Its carry
/// past the end, 2^28.7, comes back as 2^46.7 (secp256k1; the others 2^42) in a digit of 2^23 + 2^28.7.
/// The last digit, which has as much, is cut at bit `top` and comes back as 2^18.1 (secp256k1: 2^22.7).
/// So every digit is at most half the base and 2^18.2 in the end, after one more carry for secp256k1.
#[inline(always)]
fn fold<const N: usize, const W: usize, const B: usize, const E: usize>(
    columns: &Pinned<W>,
    beyond: &[f64; B],
    top: u32,
    excess: &[f64; E],
) -> Element<N> {
    let mut upper = [Lanes::splat(0.0); N];
    // From the top down to where nothing comes back.
    let mut carried = Lanes::splat(0.0);
    unrolled!(i in B - 1, N - 1; {
        let (low, high) = split(columns.get(N + i), width(N));
        upper[i] = low + carried;
        carried = high;
    });
    upper[N - 1] = carried;
    // Then the columns into which some of that falls.
    carried = Lanes::splat(0.0);
    unrolled!(i in 0, B - 1; {
        let mut column = columns.get(N + i);
        unrolled!(k in 1, B; {
            if k > i {
                column = plus(column, upper[N + i - k], beyond[k]);
            }
        });
        let (low, high) = split(column, width(N));
        upper[i] = low + carried;
        carried = high;
    });
    upper[B - 1] = upper[B - 1] + carried;

    let mut digits = [Lanes::splat(0.0); N];
    carried = Lanes::splat(0.0);
    unrolled!(i in 0, N; {
        let mut column = columns.get(i);
        unrolled!(k in 0, B; {
            if k <= i {
                column = plus(column, upper[i - k], beyond[k]);
            }
        });
        let (low, high) = split(column, width(N));
        digits[i] = low + carried;
        carried = high;
    });
    unrolled!(k in 0, B; { digits[k] = plus(digits[k], carried, beyond[k]) });
    round(&mut digits, top, excess);
    if beyond[0] > 65536.0 {
        round(&mut digits, top, excess);
    }
    Element::new(digits)
}

/// Carries once; the last digit's carry comes back.
#[inline(always)]
fn round<const N: usize, const E: usize>(digits: &mut [Lanes; N], top: u32, excess: &[f64; E]) {
    let (last, over) = split(digits[N - 1], top);
    digits[N - 1] = last;
    carry(digits, width(N));
    unrolled!(k in 0, E; { digits[k] = plus(digits[k], over, excess[k]) });
}

/// sum + term · factor, for a constant factor that is often zero or one.
#[inline(always)]
fn plus(sum: Lanes, term: Lanes, factor: f64) -> Lanes {
    if factor == 0.0 {
        sum
    } else if factor == 1.0 {
        sum + term
    } else {
        sum + term * Lanes::splat(factor)
    }
}
