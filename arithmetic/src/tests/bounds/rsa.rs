//! RSA: every column of a product and of its reduction, for every length.

#[path = "../../rsa/digits.rs"]
mod integers;
#[path = "../../rsa/montgomery.rs"]
mod montgomery;
#[path = "../../rsa/rows.rs"]
mod rows;

/// Digits as the bounds of all digits, for the multiples of any modulus: the last two are zero.
mod digits {
    pub(super) use super::integers::{double, from_bytes};

    pub(super) fn balanced(digits: &[u32], width: u32) -> Vec<f64> {
        let half = f64::from(1_u32 << (width - 1));
        let mut bounds = vec![half; digits.len()];
        bounds[digits.len() - 2..].fill(0.0);
        bounds
    }
}

use super::lanes::largest;
use montgomery::Modulus;

#[test]
fn columns_are_exact() {
    let mut lengths = Vec::new();
    for bits in (2048..=4096).step_by(8) {
        let modulus = Modulus::new(&vec![0xff; bits / 8], bits);
        let (width, length) = (modulus.width(), modulus.length());
        if lengths.contains(&(width, length)) {
            continue;
        }
        lengths.push((width, length));
        // What the two rounds of carries leave.
        let digit = f64::from((1_u32 << (width - 1)) + (1 << (54 - 2 * width)) + 1);
        let scratch = &mut modulus.scratch();
        let operand = vec![digit; length];
        let mut product = operand.clone();
        modulus.multiply(&mut product, &rows::framed(&operand), scratch);
        let mut square = operand.clone();
        modulus.square(&mut square, scratch);
        for result in [product, square] {
            // The last digit carries nothing, because the value is too small for that.
            assert!(result[..length - 1].iter().all(|bound| *bound <= digit), "{width} bits, {length} digits");
        }
        let limit = if width == 24 { 52.86 } else { 52.52 };
        let largest = largest().log2();
        assert!(largest < limit, "a column of 2^{largest:.3}: {width} bits, {length} digits");
    }
    assert_eq!(lengths.len(), 13, "{lengths:?}");
}
