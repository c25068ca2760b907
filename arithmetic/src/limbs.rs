//! Integers of up to 544 bits: limbs of 32 bits, least significant first.

/// Enough for P-521.
pub(crate) const LIMBS: usize = 17;
pub(crate) type Limbs = [u32; LIMBS];

pub(crate) const ZERO: Limbs = [0; LIMBS];
pub(crate) const ONE: Limbs = small(1);

/// An integer of one limb.
pub(crate) const fn small(value: u32) -> Limbs {
    let mut limbs = ZERO;
    limbs[0] = value;
    limbs
}

/// A constant, as standards print it: hexadecimal with white space between groups.
pub(crate) const fn hex(text: &str) -> Limbs {
    let mut limbs = ZERO;
    let bytes = text.as_bytes();
    let (mut index, mut nibble) = (bytes.len(), 0);
    while index > 0 {
        index -= 1;
        let value = match bytes[index] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            _ => continue,
        };
        limbs[nibble / 8] |= (value as u32) << (4 * (nibble % 8));
        nibble += 1;
    }
    limbs
}

/// Big-endian bytes, of which no more than 68 count.
#[inline(never)]
pub(crate) fn from_bytes(bytes: &[u8]) -> Limbs {
    let mut limbs = ZERO;
    for (index, byte) in bytes.iter().rev().take(4 * LIMBS).enumerate() {
        limbs[index / 4] |= u32::from(*byte) << (8 * (index % 4));
    }
    limbs
}

#[inline(never)]
pub(crate) fn is_less(a: &Limbs, b: &Limbs) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// a + b, which must fit.
#[inline(never)]
pub(crate) fn sum(a: &Limbs, b: &Limbs) -> Limbs {
    let mut carried = 0;
    core::array::from_fn(|i| {
        let total = u64::from(a[i]) + u64::from(b[i]) + carried;
        carried = total >> 32;
        total as u32
    })
}

/// a − b, for a ≥ b.
#[inline(never)]
pub(crate) fn difference(a: &Limbs, b: &Limbs) -> Limbs {
    let mut borrow = false;
    core::array::from_fn(|i| {
        let (first, one) = a[i].overflowing_sub(b[i]);
        let (second, two) = first.overflowing_sub(u32::from(borrow));
        borrow = one || two;
        second
    })
}

/// `count` bits, at most 32, from bit `start` on.
pub(crate) fn bits(a: &Limbs, start: u32, count: u32) -> u32 {
    let (limb, shift) = ((start / 32) as usize, start % 32);
    let at = |index: usize| u64::from(a.get(index).copied().unwrap_or(0));
    let window = (at(limb) | at(limb + 1) << 32) >> shift;
    (window & ((1 << count) - 1)) as u32
}

/// 2^exponent modulo an odd modulus of 2 to 543 bits.
#[inline(never)]
pub(crate) fn power_of_two(exponent: u32, modulus: &Limbs) -> Limbs {
    // The greatest power below the modulus needs no reduction.
    let top = modulus.iter().rposition(|&limb| limb != 0).unwrap_or(0);
    let below = (32 * top as u32 + modulus[top].ilog2()).min(exponent);
    let mut power = ZERO;
    power[(below / 32) as usize] = 1 << (below % 32);
    for _ in below..exponent {
        power = sum(&power, &power);
        if !is_less(&power, modulus) {
            power = difference(&power, modulus);
        }
    }
    power
}

/// `N` digits of `width` bits, none negative.
pub(crate) fn digits<const N: usize>(a: &Limbs, width: u32) -> [f64; N] {
    core::array::from_fn(|i| f64::from(bits(a, i as u32 * width, width)))
}

/// The integer of digits that may be negative, modulo a prime, for a value of less than eight primes in size.
///
/// Products are less than the prime, but what is looked at is their sums and, after a doubling, coordinates that are
/// up to 4.5 primes: 5.1 together, which the tests of bounds look at.
pub(crate) fn from_digits<const N: usize>(digits: &[f64; N], width: u32, prime: &Limbs) -> Limbs {
    // Made positive by eight times the prime, then cut down again.
    let multiples = {
        let twice = sum(prime, prime);
        let four = sum(&twice, &twice);
        [sum(&four, &four), four, twice, *prime]
    };
    let mut limbs = ZERO;
    let mut carried = 0i64;
    let top = (N as u32 - 1) * width;
    for (i, &digit) in digits.iter().enumerate() {
        let start = i as u32 * width;
        // The last digit of the offset is all that is left of it.
        let count = if start == top { 32 } else { width };
        carried += digit as i64 + i64::from(bits(&multiples[0], start, count));
        let value = if start == top { carried } else { carried & ((1 << width) - 1) };
        carried = if start == top { 0 } else { carried >> width };
        let (limb, shift) = ((start / 32) as usize, start % 32);
        let placed = (value as u64) << shift;
        limbs[limb] |= placed as u32;
        if limb + 1 < LIMBS {
            limbs[limb + 1] |= (placed >> 32) as u32;
        }
    }
    let [eight, four, twice, once] = &multiples;
    for multiple in [eight, four, twice, once] {
        if !is_less(&limbs, multiple) {
            limbs = difference(&limbs, multiple);
        }
    }
    limbs
}
