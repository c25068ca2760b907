//! Arithmetic on big-endian numbers of any size, just enough to move a signature out of its range.

/// Bytes from hexadecimal digits.
///
/// # Panics
/// On anything else.
pub fn hex(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit") as u8;
    digits.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The sum of two numbers of the same length. None when it is longer.
pub fn add(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let mut sum = vec![0; left.len()];
    let mut carry = 0u16;
    for index in (0..left.len()).rev() {
        carry += u16::from(left[index]) + u16::from(right[index]);
        sum[index] = carry as u8;
        carry >>= 8;
    }
    (carry == 0).then_some(sum)
}

/// The difference of two numbers of the same length.
///
/// # Panics
/// When it is negative.
pub fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut difference = vec![0; left.len()];
    let mut borrow = 0i16;
    for index in (0..left.len()).rev() {
        let value = i16::from(left[index]) - i16::from(right[index]) - borrow;
        borrow = i16::from(value < 0);
        difference[index] = value as u8;
    }
    assert_eq!(borrow, 0, "a negative difference");
    difference
}

/// A small number in so many bytes.
pub fn small(value: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[length - 1] = value;
    bytes
}
