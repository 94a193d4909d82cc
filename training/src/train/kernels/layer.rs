//! A layer as the kernels see it: what it is given, what it keeps for the way back, and its gradients.

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::norm::{Moments, Norm};

/// A product's weights and its normalisation's.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// `[outputs, inputs]`, or for depthwise filters `[channels, kernel * kernel]`.
    pub weights: &'a [f32],
    /// One a channel.
    pub gain: &'a [f32],
    /// One a channel.
    pub offset: &'a [f32],
    /// Moments to normalise by; those of the batch without.
    pub moments: Option<&'a Moments>,
}

/// Gradients for a [`Layer`].
#[derive(Debug, Default)]
pub struct LayerGradients {
    /// As the weights.
    pub weights: Vec<f32>,
    /// As the gain.
    pub gain: Vec<f32>,
    /// As the offset.
    pub offset: Vec<f32>,
}

/// What a product gave and how it is normalised.
#[derive(Debug)]
pub struct Kept<E> {
    /// Stored rows.
    pub values: Buffer<E>,
    /// What follows it.
    pub norm: Norm,
}
