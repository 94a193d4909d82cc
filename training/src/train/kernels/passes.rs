//! Passes over rows of channels, between the products: each reads and writes every value once.
//!
//! One source for every kind of vector, by way of `pulp`. Stored rows have [`stored`] numbers, panels [`padded`] ones.

use pulp::{Simd, WithSimd};

use crate::train::kernels::element::Element;
use crate::train::kernels::norm::{Norm, Pull, Range};
use crate::train::kernels::tiles::padded;

/// The most numbers in any vector.
const WIDEST: usize = 16;
/// Rows whose sums stay in registers: few enough for the processor to see that each of them is read from front to back.
const BLOCK: usize = 8;

/// Rounded up to whole vectors of any kind.
pub const fn stored(channels: usize) -> usize {
    channels.next_multiple_of(WIDEST)
}

/// Defines a function that is compiled for every kind of vector and picks this machine's. In its body `S` is the kind.
macro_rules! vectorized {
    ($(#[$meta:meta])* fn $name:ident($simd:ident $(, $argument:ident: $kind:ty)* $(,)?) $body:block) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments, reason = "what a pass over several matrices reads and writes")]
        pub fn $name<'a, E: Element>($($argument: $kind),*) {
            struct Pass<'a, E> {
                $($argument: $kind,)*
                element: std::marker::PhantomData<&'a E>,
            }
            impl<E: Element> WithSimd for Pass<'_, E> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(self, $simd: S) {
                    let Self { $($argument,)* element: _ } = self;
                    $body
                }
            }
            pulp::Arch::new().dispatch(Pass::<'a, E> { $($argument,)* element: std::marker::PhantomData });
        }
    };
}
pub(super) use vectorized;

/// A vector of a slice of at least so many numbers.
///
/// # Safety
/// `at` plus a vector's length is within the slice.
#[inline(always)]
pub unsafe fn get<S: Simd>(simd: S, from: &[f32], at: usize) -> S::f32s {
    debug_assert!(at + S::F32_LANES <= from.len());
    unsafe { f32::load(simd, from.as_ptr().add(at)) }
}

/// # Safety
/// As [`get`].
#[inline(always)]
pub unsafe fn put<S: Simd>(simd: S, to: &mut [f32], at: usize, values: S::f32s) {
    debug_assert!(at + S::F32_LANES <= to.len());
    unsafe { f32::store(simd, to.as_mut_ptr().add(at), values) }
}

/// # Safety
/// As [`get`].
#[inline(always)]
pub unsafe fn grow<S: Simd>(simd: S, to: &mut [f32], at: usize, values: S::f32s) {
    unsafe { put(simd, to, at, simd.add_f32s(get(simd, to, at), values)) }
}

/// `value` where `y` is inside of the range, zero elsewhere.
#[inline(always)]
pub fn passed<S: Simd>(simd: S, y: S::f32s, low: S::f32s, high: S::f32s, value: S::f32s) -> S::f32s {
    let inside = simd.and_m32s(simd.greater_than_f32s(y, low), simd.less_than_f32s(y, high));
    simd.select_f32s(inside, value, simd.splat_f32s(0.0))
}

/// Whole vectors of a row whose last ones may be cut off.
#[inline(always)]
fn part<S: Simd>(simd: S, row: &[f32], at: usize) -> S::f32s {
    match row.get(at..at + S::F32_LANES) {
        // SAFETY: so many numbers there are.
        Some(whole) => unsafe { f32::load(simd, whole.as_ptr()) },
        None => simd.partial_load_f32s(row.get(at..).unwrap_or(&[])),
    }
}

#[inline(always)]
fn put_part<S: Simd>(simd: S, row: &mut [f32], at: usize, values: S::f32s) {
    match row.get_mut(at..at + S::F32_LANES) {
        // SAFETY: so many numbers there are.
        Some(whole) => unsafe { f32::store(simd, whole.as_mut_ptr(), values) },
        None => simd.partial_store_f32s(&mut row[at..], values),
    }
}

/// Adds what a pass summed up to totals that are exact enough for differences of large sums.
pub fn add_to_totals(sums: &[f32], totals: &mut [f64]) {
    totals.iter_mut().zip(sums).for_each(|(total, &sum)| *total += f64::from(sum));
}

vectorized! {
    /// Rows of `channels` numbers into a panel.
    fn fill(simd, x: &'a [f32], channels: usize, panel: &'a mut [E]) {
        for (x, row) in x.chunks_exact(channels).zip(panel.chunks_exact_mut(padded(channels))) {
            for at in (0..row.len()).step_by(S::F32_LANES) {
                let values = part(simd, x, at);
                // SAFETY: a panel's rows are whole vectors.
                unsafe { E::store(simd, row.as_mut_ptr().add(at), values) };
            }
        }
    }
}

vectorized! {
    /// Numbers as they are stored, whole vectors of them.
    fn round(simd, values: &'a [f32], out: &'a mut [E]) {
        assert!(values.len() == out.len() && values.len() % WIDEST == 0);
        for at in (0..values.len()).step_by(S::F32_LANES) {
            // SAFETY: both are whole vectors.
            unsafe { E::store(simd, out.as_mut_ptr().add(at), get(simd, values, at)) };
        }
    }
}

vectorized! {
    /// Stores a product, `[rows, padded(…)]`, and adds up, channel by channel, its values and, after them, their squares.
    fn keep(simd, product: &'a [f32], out: &'a mut [E], stride: usize, sums: &'a mut [f32]) {
        let wide = padded(stride);
        let blocks = product.chunks(BLOCK * wide).zip(out.chunks_mut(BLOCK * stride));
        let (plain, squares) = sums.split_at_mut(stride);
        assert!(plain.len() == stride && squares.len() == stride);
        for (product, out) in blocks {
            for at in (0..stride).step_by(S::F32_LANES) {
                let (mut sum, mut square) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
                for (product, out) in product.chunks_exact(wide).zip(out.chunks_exact_mut(stride)) {
                    // SAFETY: rows are whole vectors.
                    unsafe {
                        let value = get(simd, product, at);
                        E::store(simd, out.as_mut_ptr().add(at), value);
                        sum = simd.add_f32s(sum, value);
                        square = simd.mul_add_e_f32s(value, value, square);
                    }
                }
                // SAFETY: `stride` is whole vectors.
                unsafe {
                    grow(simd, plain, at, sum);
                    grow(simd, squares, at, square);
                }
            }
        }
    }
}

vectorized! {
    /// Normalises and activates stored rows into a panel.
    fn activate(simd, kept: &'a [E], stride: usize, norm: &'a Norm, range: Range, panel: &'a mut [E]) {
        let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
        let wide = padded(stride);
        assert!(norm.slope.len() == wide && norm.shift.len() == wide);
        for (kept, row) in kept.chunks_exact(stride).zip(panel.chunks_exact_mut(wide)) {
            for at in (0..stride).step_by(S::F32_LANES) {
                // SAFETY: rows are whole vectors, and both factors have as many numbers as the panel's.
                unsafe {
                    let value = E::load(simd, kept.as_ptr().add(at));
                    let y = simd.mul_add_e_f32s(value, get(simd, &norm.slope, at), get(simd, &norm.shift, at));
                    let y = simd.min_f32s(simd.max_f32s(y, low), high);
                    E::store(simd, row.as_mut_ptr().add(at), y);
                }
            }
            row[stride..].fill(E::zeroed());
        }
    }
}

vectorized! {
    /// The end of a block: normalises `kept`, adds the shortcut.
    fn finish(
        simd,
        kept: &'a [f32],
        channels: usize,
        norm: &'a Norm,
        shortcut: Option<&'a [f32]>,
        out: &'a mut [f32],
    ) {
        let stride = stored(channels);
        assert!(norm.slope.len() >= stride && norm.shift.len() >= stride);
        for (row, (kept, out)) in kept.chunks_exact(stride).zip(out.chunks_exact_mut(channels)).enumerate() {
            let shortcut = shortcut.map(|shortcut| &shortcut[row * channels..][..channels]);
            for at in (0..channels).step_by(S::F32_LANES) {
                // SAFETY: stored rows are whole vectors, and so are both factors.
                let y = unsafe {
                    simd.mul_add_e_f32s(get(simd, kept, at), get(simd, &norm.slope, at), get(simd, &norm.shift, at))
                };
                let base = shortcut.map_or(simd.splat_f32s(0.0), |shortcut| part(simd, shortcut, at));
                put_part(simd, out, at, simd.add_f32s(y, base));
            }
        }
    }
}

vectorized! {
    /// For the normalisation at the end of a block: the sums of the gradient and, after them, of the gradient times `kept`.
    fn end_sums(simd, grad: &'a [f32], kept: &'a [f32], channels: usize, sums: &'a mut [f32]) {
        let stride = stored(channels);
        let (plain, weighted) = sums.split_at_mut(stride);
        assert!(plain.len() == stride && weighted.len() == stride);
        for (grad, kept) in grad.chunks_exact(channels).zip(kept.chunks_exact(stride)) {
            for at in (0..channels).step_by(S::F32_LANES) {
                let grad = part(simd, grad, at);
                // SAFETY: stored rows are whole vectors, and so are the sums.
                unsafe {
                    grow(simd, plain, at, grad);
                    grow(simd, weighted, at, simd.mul_f32s(grad, get(simd, kept, at)));
                }
            }
        }
    }
}

vectorized! {
    /// The gradient for what the last product of a block gave, into a panel.
    fn end_pull(
        simd,
        grad: &'a [f32],
        kept: &'a [f32],
        channels: usize,
        pull: &'a Pull,
        panel: &'a mut [E],
    ) {
        let (stride, wide) = (stored(channels), padded(channels));
        assert!(pull.slope.len() == wide && pull.along.len() == wide && pull.offset.len() == wide);
        let rows = grad.chunks_exact(channels).zip(kept.chunks_exact(stride)).zip(panel.chunks_exact_mut(wide));
        for ((grad, kept), panel) in rows {
            for at in (0..stride).step_by(S::F32_LANES) {
                let grad = part(simd, grad, at);
                // SAFETY: stored rows are whole vectors, and so is all that is padded.
                unsafe {
                    let value = simd.mul_add_e_f32s(grad, get(simd, &pull.slope, at), simd.neg_f32s(get(simd, &pull.offset, at)));
                    let along = simd.neg_f32s(get(simd, &pull.along, at));
                    let value = simd.mul_add_e_f32s(get(simd, kept, at), along, value);
                    E::store(simd, panel.as_mut_ptr().add(at), value);
                }
            }
            panel[stride..].fill(E::zeroed());
        }
    }
}

vectorized! {
    /// Takes a gradient, `[rows, padded(…)]`, back through the activation: what passes is stored in `out`, what was activated goes into
    /// a panel, and both sums of the normalisation's gradient are added up.
    fn back_through(
        simd,
        product: &'a [f32],
        kept: &'a [E],
        stride: usize,
        norm: &'a Norm,
        range: Range,
        out: &'a mut [E],
        panel: &'a mut [E],
        sums: &'a mut [f32],
    ) {
        let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
        let wide = padded(stride);
        let (plain, weighted) = sums.split_at_mut(stride);
        assert!(plain.len() == stride && weighted.len() == stride);
        assert!(norm.slope.len() == wide && norm.shift.len() == wide);
        let blocks = product
            .chunks(BLOCK * wide)
            .zip(kept.chunks(BLOCK * stride).zip(out.chunks_mut(BLOCK * stride)))
            .zip(panel.chunks_mut(BLOCK * wide));
        for ((product, (kept, out)), panel) in blocks {
            for at in (0..stride).step_by(S::F32_LANES) {
                let (mut sum, mut along) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
                // SAFETY: rows are whole vectors, and both factors have as many numbers as the panel's.
                let (slope, shift) = unsafe { (get(simd, &norm.slope, at), get(simd, &norm.shift, at)) };
                let rows = product
                    .chunks_exact(wide)
                    .zip(kept.chunks_exact(stride).zip(out.chunks_exact_mut(stride)))
                    .zip(panel.chunks_exact_mut(wide));
                for ((product, (kept, out)), panel) in rows {
                    // SAFETY: the same.
                    unsafe {
                        let value = E::load(simd, kept.as_ptr().add(at));
                        let y = simd.mul_add_e_f32s(value, slope, shift);
                        let grad = passed(simd, y, low, high, get(simd, product, at));
                        let y = simd.min_f32s(simd.max_f32s(y, low), high);
                        E::store(simd, out.as_mut_ptr().add(at), grad);
                        E::store(simd, panel.as_mut_ptr().add(at), y);
                        sum = simd.add_f32s(sum, grad);
                        along = simd.mul_add_e_f32s(grad, value, along);
                    }
                }
                // SAFETY: `stride` is whole vectors.
                unsafe {
                    grow(simd, plain, at, sum);
                    grow(simd, weighted, at, along);
                }
            }
            for row in panel.chunks_exact_mut(wide) {
                row[stride..].fill(E::zeroed());
            }
        }
    }
}

vectorized! {
    /// The gradient for what a product gave that was stored, into a panel.
    fn pull(simd, grad: &'a [E], kept: &'a [E], stride: usize, pull: &'a Pull, panel: &'a mut [E]) {
        let wide = padded(stride);
        assert!(pull.slope.len() == wide && pull.along.len() == wide && pull.offset.len() == wide);
        let rows = grad.chunks_exact(stride).zip(kept.chunks_exact(stride)).zip(panel.chunks_exact_mut(wide));
        for ((grad, kept), panel) in rows {
            for at in (0..stride).step_by(S::F32_LANES) {
                // SAFETY: rows are whole vectors, and so is all that is padded.
                unsafe {
                    let grad = E::load(simd, grad.as_ptr().add(at));
                    let value = simd.mul_add_e_f32s(grad, get(simd, &pull.slope, at), simd.neg_f32s(get(simd, &pull.offset, at)));
                    let along = simd.neg_f32s(get(simd, &pull.along, at));
                    let value = simd.mul_add_e_f32s(E::load(simd, kept.as_ptr().add(at)), along, value);
                    E::store(simd, panel.as_mut_ptr().add(at), value);
                }
            }
            panel[stride..].fill(E::zeroed());
        }
    }
}

vectorized! {
    /// The rows of a product without their padding, plus the shortcut's gradient.
    fn unpad(simd, product: &'a [f32], channels: usize, shortcut: Option<&'a [f32]>, out: &'a mut [f32]) {
        for (row, (product, out)) in product.chunks_exact(padded(channels)).zip(out.chunks_exact_mut(channels)).enumerate() {
            let shortcut = shortcut.map(|shortcut| &shortcut[row * channels..][..channels]);
            for at in (0..channels).step_by(S::F32_LANES) {
                // SAFETY: a product's rows are whole vectors.
                let value = unsafe { get(simd, product, at) };
                let base = shortcut.map_or(simd.splat_f32s(0.0), |shortcut| part(simd, shortcut, at));
                put_part(simd, out, at, simd.add_f32s(value, base));
            }
        }
    }
}

vectorized! {
    /// The mean of what is normalised and activated over the rows of one picture.
    fn pool(simd, kept: &'a [E], stride: usize, norm: &'a Norm, range: Range, out: &'a mut [f32]) {
        let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
        let share = simd.splat_f32s(stride as f32 / kept.len() as f32);
        assert!(norm.slope.len() >= stride && norm.shift.len() >= stride);
        for at in (0..out.len()).step_by(S::F32_LANES) {
            // SAFETY: rows are whole vectors, and so are both factors.
            let (slope, shift) = unsafe { (get(simd, &norm.slope, at), get(simd, &norm.shift, at)) };
            let mut sum = simd.splat_f32s(0.0);
            for row in kept.chunks_exact(stride) {
                // SAFETY: the same.
                let value = unsafe { E::load(simd, row.as_ptr().add(at)) };
                let y = simd.mul_add_e_f32s(value, slope, shift);
                sum = simd.add_f32s(sum, simd.min_f32s(simd.max_f32s(y, low), high));
            }
            put_part(simd, out, at, simd.mul_f32s(sum, share));
        }
    }
}

vectorized! {
    /// Backwards through [`pool`]: one gradient a channel of the picture, through the activation of each row; also both sums.
    fn unpool(
        simd,
        grad: &'a [f32],
        kept: &'a [E],
        stride: usize,
        norm: &'a Norm,
        range: Range,
        out: &'a mut [E],
        sums: &'a mut [f32],
    ) {
        let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
        let share = simd.splat_f32s(stride as f32 / kept.len() as f32);
        let (plain, weighted) = sums.split_at_mut(stride);
        assert!(plain.len() == stride && weighted.len() == stride && norm.slope.len() >= stride && norm.shift.len() >= stride);
        for at in (0..stride).step_by(S::F32_LANES) {
            let grad = simd.mul_f32s(part(simd, grad, at), share);
            let (mut sum, mut along) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
            // SAFETY: rows are whole vectors, and so are both factors and the sums.
            unsafe {
                let (slope, shift) = (get(simd, &norm.slope, at), get(simd, &norm.shift, at));
                for (kept, out) in kept.chunks_exact(stride).zip(out.chunks_exact_mut(stride)) {
                    let value = E::load(simd, kept.as_ptr().add(at));
                    let passed = passed(simd, simd.mul_add_e_f32s(value, slope, shift), low, high, grad);
                    E::store(simd, out.as_mut_ptr().add(at), passed);
                    sum = simd.add_f32s(sum, passed);
                    along = simd.mul_add_e_f32s(passed, value, along);
                }
                grow(simd, plain, at, sum);
                grow(simd, weighted, at, along);
            }
        }
    }
}
