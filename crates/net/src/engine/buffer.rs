//! Memory that vector instructions read: it is aligned to 64 bytes, the size of a cache line.

use std::ops::{Deref, DerefMut};

use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

/// As many numbers as the widest vector holds; also one cache line.
pub(super) const LINE: usize = 16;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// Zeros until something is written.
pub(super) struct Buffer(Vec<Line>);

impl Buffer {
    /// Room for at least `length` numbers.
    pub fn zeros(length: usize) -> Self {
        Self(vec![Line([0.0; LINE]); length.div_ceil(LINE)])
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        cast_slice(&self.0)
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        cast_slice_mut(&mut self.0)
    }
}
