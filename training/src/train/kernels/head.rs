//! The head, forwards and backwards: a product and the mean of its activated rows.

use rayon::prelude::*;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::layer::{Kept, Layer, LayerGradients};
use crate::train::kernels::norm::Moments;
use crate::train::kernels::passes::{self, stored};
use crate::train::kernels::product::Product;
use crate::train::kernels::tasks::total;
use crate::train::kernels::widening::Widening;

/// What [`backward`] needs of [`forward`].
#[derive(Debug)]
pub struct Head<E> {
    wide: Kept<E>,
}

/// The last product and the mean of its activated rows, `[batch, wide]`; and the product's moments.
pub fn forward<E: Product>(shape: &Widening, x: &[f32], layer: Layer) -> (Vec<f32>, Head<E>, Moments) {
    let (wide, moments) = shape.forward::<E>(x, layer);
    let mut out = vec![0.0; shape.batch * shape.wide];
    let stride = stored(shape.wide);
    let pictures = out.par_chunks_mut(shape.wide).zip(wide.values.par_chunks(shape.rows * stride));
    pictures.for_each(|(out, kept)| passes::pool(kept, stride, &wide.norm, shape.range, out));
    (out, Head { wide }, moments)
}

/// Gradients for the input and the layer of the head.
pub fn backward<E: Product>(
    shape: &Widening,
    x: &[f32],
    layer: Layer,
    kept: &Head<E>,
    grad: &[f32],
) -> (Option<Vec<f32>>, LayerGradients) {
    let stride = stored(shape.wide);
    let mut back = Buffer::<E>::new(shape.batch * shape.rows * stride);
    let pictures = back
        .par_chunks_mut(shape.rows * stride)
        .zip(kept.wide.values.par_chunks(shape.rows * stride))
        .zip(grad.par_chunks(shape.wide));
    let sums = total(pictures.map(|((back, values), grad)| {
        let mut sums = Buffer::<f32>::zeros(2 * stride);
        passes::unpool(grad, values, stride, &kept.wide.norm, shape.range, back, &mut sums);
        sums.iter().map(|&sum| f64::from(sum)).collect()
    }));
    shape.backward(x, layer, &kept.wide, &back, &sums, None)
}
