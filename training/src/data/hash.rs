//! A hash whose values never change, so that the same pictures are drawn alike every time.

/// FNV-1a: a fixed hash, unlike the standard library's, whose values may change.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
