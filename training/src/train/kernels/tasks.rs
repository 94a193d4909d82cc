//! How a pass over rows is cut into tasks and chunks, and how what tasks made apart is put together.
//!
//! A chunk of rows (pixels) stays in cache. Chunks are grouped into tasks in a way that depends on sizes alone, and sums are added in the
//! order of tasks, so that a repeated run gives the same numbers whatever the number of threads.

use rayon::prelude::*;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::element::Element;
use crate::train::kernels::passes::stored;
use crate::train::kernels::tiles::padded;

/// Rows of a chunk: all that a pass touches of them fits into the second-level cache, together with the weights.
pub fn chunk_rows(wide: usize) -> usize {
    if wide <= 512 { 128 } else { 64 }
}

/// Tasks of a pass that keeps sums of `length` numbers for each of them.
pub fn task_rows(rows: usize, chunk: usize, length: usize) -> usize {
    const MOST: usize = 32;
    const MOST_NUMBERS: usize = 1 << 20;
    let tasks = (MOST_NUMBERS / length.max(1)).clamp(4, MOST);
    rows.div_ceil(chunk).div_ceil(tasks) * chunk
}

/// Adds up, number by number, what tasks made apart, in their order.
pub fn total(parts: impl IndexedParallelIterator<Item = Vec<f64>>) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = parts.collect();
    parts.into_iter().reduce(add).unwrap_or_default()
}

/// Adds up two lists, number by number.
pub fn add<T: std::ops::AddAssign>(mut total: Vec<T>, part: Vec<T>) -> Vec<T> {
    total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
    total
}

/// Scratch of one task for chunks of `rows` rows.
pub struct Scratch<E> {
    /// A panel of the narrow side.
    pub narrow: Buffer<E>,
    /// A panel of the wide side.
    pub wide: Buffer<E>,
    /// What a product of either gives.
    pub product: Buffer<f32>,
    /// Two sums a channel.
    pub sums: Buffer<f32>,
}

impl<E: Element> Scratch<E> {
    /// For products of `narrow` and `wide` channels.
    pub fn new(rows: usize, narrow: usize, wide: usize) -> Self {
        Self {
            narrow: Buffer::new(rows * padded(narrow)),
            wide: Buffer::new(rows * padded(wide)),
            product: Buffer::new(rows * padded(wide.max(narrow))),
            sums: Buffer::new(2 * stored(wide.max(narrow))),
        }
    }
}

/// The sum of what tasks made apart, `[padded(rows), padded(columns)]` each, as `[rows, columns]`.
pub fn unpadded(parts: &[Buffer<f32>], [rows, columns]: [usize; 2]) -> Vec<f32> {
    let mut whole = vec![0.0; rows * columns];
    whole.par_chunks_mut(columns).enumerate().for_each(|(row, whole)| {
        for part in parts {
            let part = &part[row * padded(columns)..][..columns];
            whole.iter_mut().zip(part).for_each(|(whole, &part)| *whole += part);
        }
    });
    whole
}
