//! Two doubles side by side, as the arithmetic of this crate computes with them.
//!
//! Every value is a whole number of less than 2^53 in size, so sums and products are exact, and the
//! two implementations, one machine vector or an array of two, give the same answers to the last bit. The
//! tests of this crate run the array, which then checks what comes out of every step, if they are built with debug
//! assertions.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use portable::{Lanes, Pinned, Window};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::{Lanes, Pinned, Window};

/// What [`Lanes::round`] takes to round to multiples of 2^`width`: 1.5 · 2^(52 + `width`). Doubles of that size are
/// 2^`width` apart, so that adding it is the one step that rounds, and taking it away again is exact.
#[inline(always)]
pub(crate) const fn rounder(width: u32) -> Lanes {
    Lanes::splat((3_u64 << 51) as f64 * (1_u64 << width) as f64)
}

// The old x87 unit rounds to more bits than a double has, and what is exact here would not be.
#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!("the arithmetic of `engine` needs SSE2: leave the feature out, or enable sse2");

#[cfg(test)]
mod tests {
    use super::{Lanes, rounder};

    #[test]
    fn lanes_do_not_mix() {
        let [a, b] = [Lanes::new(3.0, -5.0), Lanes::new(7.0, 11.0)];
        assert_eq!((a + b).split(), [10.0, 6.0]);
        assert_eq!((a - b).split(), [-4.0, -16.0]);
        assert_eq!((a * b).split(), [21.0, -55.0]);
        assert_eq!(a.swap().split(), [-5.0, 3.0]);
        assert_eq!(a.low_of(b).split(), [3.0, 7.0]);
        assert_eq!(a.across(b).split(), [-5.0, 7.0]);
        assert_eq!(Lanes::splat(2.0).split(), [2.0, 2.0]);
        assert_eq!(Lanes::new(9.0, -11.0).round(rounder(3)).split(), [8.0, -8.0]);
    }

    #[test]
    fn loads_and_stores_keep_the_order() {
        let mut pair = [0.0; 2];
        Lanes::load(&[1.0, 2.0]).store(&mut pair);
        assert_eq!(pair, [1.0, 2.0]);
        assert_eq!(Lanes::load_from(&[1.0, 2.0, 3.0], 1).split(), [2.0, 3.0]);
        assert_eq!(Lanes::from_i32(-7, i32::MAX).split(), [-7.0, 2_147_483_647.0]);
    }
}
