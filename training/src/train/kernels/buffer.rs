//! Memory for activations that is used again from step to step: fresh pages would cost more than the arithmetic on them.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

/// A cache line, which is also the widest vector.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// What nobody uses at the moment, by its size: a step of training asks for the same sizes as the one before.
#[derive(Default)]
struct Pool {
    sizes: HashMap<usize, Unused>,
    /// Buffers handed out so far.
    handed_out: u64,
}

#[derive(Default)]
struct Unused {
    buffers: Vec<Vec<Line>>,
    /// When one of this size was handed out last.
    last: u64,
}

static POOL: LazyLock<Mutex<Pool>> = LazyLock::new(Mutex::default);
/// A size that nobody has asked for while so many buffers of other sizes were handed out is forgotten: some steps of training.
const FORGOTTEN_AFTER: u64 = 100_000;

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn take(&mut self, lines: usize) -> (Option<Vec<Line>>, Vec<Unused>) {
        self.handed_out += 1;
        let size = self.sizes.entry(lines).or_default();
        size.last = self.handed_out;
        let found = size.buffers.pop();
        let mut forgotten = Vec::new();
        if self.handed_out.is_multiple_of(FORGOTTEN_AFTER) {
            let old = self.handed_out - FORGOTTEN_AFTER;
            forgotten = self.sizes.extract_if(|_, size| size.last < old).map(|(_, size)| size).collect();
        }
        (found, forgotten)
    }
}

/// Numbers that start at a cache line. Holds whatever its last user left, until it is written.
pub struct Buffer<T> {
    lines: Vec<Line>,
    length: usize,
    kind: PhantomData<T>,
}

impl<T: Pod> Buffer<T> {
    /// Room for `length` numbers, of any value.
    pub fn new(length: usize) -> Self {
        let needed = (length * size_of::<T>()).div_ceil(64);
        // What is forgotten is freed after the pool is unlocked.
        let (found, _forgotten) = pool().take(needed);
        let lines = found.unwrap_or_else(|| vec![Line([0; 64]); needed]);
        Self { lines, length, kind: PhantomData }
    }

    /// Zeros.
    pub fn zeros(length: usize) -> Self {
        let mut buffer = Self::new(length);
        buffer.fill(T::zeroed());
        buffer
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        pool().sizes.entry(lines.len()).or_default().buffers.push(lines);
    }
}

impl<T: Pod> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &cast_slice(&self.lines)[..self.length]
    }
}

impl<T: Pod> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut cast_slice_mut(&mut self.lines)[..self.length]
    }
}

impl<T> std::fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} numbers", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_handed_out_again_and_what_nobody_asks_for_is_forgotten() {
        let mut pool = Pool::default();
        pool.sizes.entry(3).or_default().buffers.push(vec![Line([7; 64]); 3]);
        assert!(pool.take(4).0.is_none());
        assert_eq!(pool.take(3).0.map(|lines| lines[2].0), Some([7; 64]));
        pool.sizes.entry(3).or_default().buffers.push(vec![Line([7; 64]); 3]);
        let forgotten: usize = (0..2 * FORGOTTEN_AFTER).map(|_| pool.take(5).1.len()).sum();
        assert_eq!((forgotten, pool.sizes.len()), (2, 1));
    }

    #[test]
    fn zeros_are_zeros_whatever_lay_there() {
        Buffer::<f32>::new(1001).fill(7.0);
        assert!(Buffer::<f32>::zeros(1001).iter().all(|&value| value == 0.0));
        assert_eq!(Buffer::<f32>::new(1001).as_ptr() as usize % 64, 0);
    }
}
