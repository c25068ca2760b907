//! RSAVP1 (RFC 8017 §5.2.2): a signature to the power of the public exponent.

mod digits;
mod montgomery;
mod rows;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use alloc::vec::Vec;

use montgomery::Modulus;

/// A public key of RSA, prepared.
pub struct RsaPublicKey {
    modulus: Modulus,
    /// R² modulo N, framed: what takes a number to Montgomery's form.
    square_of_radix: Vec<f64>,
    exponent: u32,
    bits: usize,
}

impl RsaPublicKey {
    /// Prepares a key. None if the modulus is even or not of 2048 to 4096 bits, or the exponent is even or one.
    pub fn new(modulus: &[u8], exponent: u32) -> Option<Self> {
        let zeros = modulus.first()?.leading_zeros() as usize;
        let bits = (modulus.len() * 8).checked_sub(zeros)?;
        let is_odd = modulus.last()? & exponent as u8 & 1 == 1;
        if !(2048..=4096).contains(&bits) || zeros >= 8 || !is_odd || exponent == 1 {
            return None;
        }
        let modulus = Modulus::new(modulus, bits);
        // In Montgomery's form, R² is R, and that is a power of two.
        let mut square = modulus.two(bits);
        let two = rows::framed(&square);
        let scratch = &mut modulus.scratch();
        let power = modulus.length() as u32 * modulus.width();
        for bit in (0..power.ilog2()).rev() {
            modulus.square(&mut square, scratch);
            if power >> bit & 1 == 1 {
                modulus.multiply(&mut square, &two, scratch);
            }
        }
        let square_of_radix = rows::framed(&square);
        Some(Self { modulus, square_of_radix, exponent, bits })
    }

    /// The bits of the modulus.
    pub const fn bits(&self) -> usize {
        self.bits
    }

    /// The power of a number, both big-endian and of the modulus' length. None if the number is not below the modulus.
    pub fn power(&self, number: &[u8]) -> Option<Vec<u8>> {
        let modulus = &self.modulus;
        let length = self.bits.div_ceil(8);
        if number.len() != length {
            return None;
        }
        let number = digits::from_bytes(number, modulus.width(), modulus.length());
        if digits::compare(&number, modulus.digits()).is_ge() {
            return None;
        }
        let mut power = digits::balanced(&number, modulus.width());
        let plain = rows::framed(&power);
        let scratch = &mut modulus.scratch();
        modulus.multiply(&mut power, &self.square_of_radix, scratch);
        let base = rows::framed(&power);
        for bit in (0..self.exponent.ilog2()).rev() {
            modulus.square(&mut power, scratch);
            if bit == 0 {
                // The exponent is odd, and the last factor without Montgomery's leads back from his form.
                modulus.multiply(&mut power, &plain, scratch);
            } else if self.exponent >> bit & 1 == 1 {
                modulus.multiply(&mut power, &base, scratch);
            }
        }
        Some(digits::to_bytes(&modulus.canonical(&power), modulus.width(), length))
    }
}
