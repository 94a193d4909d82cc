//! The network made fast: its layers are compiled into one plan for pictures of one size, which allocates nothing but its answer.
//!
//! [`Engine::new`] takes the Burn modules of a [`Model`], folds each batch normalisation into the convolution before it, and
//! lays all weights out for the widest vectors that this processor has (AVX-512, AVX2, NEON, or plain numbers). Pictures lie
//! in memory pixel by pixel (NHWC). [`Model::forward`] is the same on Burn alone, and what the tests compare with.

use std::sync::{Mutex, PoisonError};

use image::RgbImage;
pub use pulp::Arch;
use pulp::{Simd, WithSimd};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::network::architecture::FEATURES;
use crate::network::input::Normalisation;
use crate::network::layers::InvertedResidual;
use crate::network::model::{Model, Output};
use crate::network::probes::{PROTOTYPES, Probed};
use crate::network::weights::Weights;

mod block;
mod buffer;
mod dense;
mod depthwise;
mod fold;
#[cfg(test)]
mod tests;
mod unroll;

use block::{Block, Layers, Scratch, Side};
use buffer::Buffer;
use dense::{Clip, Dense, Grid, Pass, Patch};
use depthwise::Depthwise;
use fold::Folded;

/// Red, green and blue.
const CHANNELS: usize = 3;

/// A network compiled for pictures of one size.
pub struct Engine {
    arch: Arch,
    plan: Plan,
    /// What a run needs and leaves to the next one; as many as ever ran at a time.
    workspaces: Mutex<Vec<Workspace>>,
}

/// What is computed, in order.
struct Plan {
    /// Height and width of the pictures, in pixels.
    size: (usize, usize),
    normalised: [f32; 256],
    /// Columns and rows of the picture, with the zeros around it.
    rows: Side,
    columns: Side,
    blocks: Vec<Block>,
    head: Head,
}

/// What comes after the blocks.
struct Head {
    conv: Dense,
    /// Features to one number a class, without a bias.
    classifier: Dense,
    bias: Vec<f32>,
    /// Features to how far they go along each prototype; then the lesion's and the phone's probe.
    probes: Dense,
    lesion_bias: f32,
    phone_bias: f32,
}

/// All memory of one run.
struct Workspace {
    picture: Buffer,
    /// What a block reads and what it writes, in turn.
    maps: [Buffer; 2],
    scratch: Scratch,
    /// For the other thread, where two compute one picture.
    other_scratch: Scratch,
    features: Buffer,
    mean: Buffer,
    activation: Buffer,
    probed: Buffer,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("arch", &self.arch)
            .field("size", &self.plan.size)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Compiles a model for pictures of the size that its card names, with the widest vectors there are.
    pub fn new(model: &Model) -> Self {
        Self::with_arch(model, Arch::new())
    }

    /// The same with vectors of a size of one's own: what `pulp` knows of this processor, or plain numbers.
    pub fn with_arch(model: &Model, arch: Arch) -> Self {
        let side = model.card().input_side_px as usize;
        let plan = arch.dispatch(Compile { model, height: side, width: side });
        Self { arch, plan, workspaces: Mutex::default() }
    }

    /// Every kind of vector that this processor has, the widest first; the last one is plain numbers.
    pub fn archs() -> impl Iterator<Item = Arch> {
        let mut archs = vec![Arch::new()];
        #[cfg(target_arch = "x86_64")]
        archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
        archs.push(Arch::Scalar);
        archs.into_iter()
    }

    /// Looks at a crop of the model's size.
    ///
    /// # Panics
    /// When it has another size: a mistake in the caller.
    pub fn infer(&self, crop: &RgbImage) -> Output {
        self.run(crop, Threads::One)
    }

    /// The same by two threads of rayon's, for a picture that nothing else is computed beside. Bit for bit what one thread gives.
    ///
    /// # Panics
    /// As [`Self::infer`].
    pub fn infer_by_two(&self, crop: &RgbImage) -> Output {
        // From within the pool, so that the other thread stays awake from block to block.
        rayon::join(|| self.run(crop, Threads::Two), || ()).0
    }

    fn run(&self, crop: &RgbImage, threads: Threads) -> Output {
        let size = (crop.height() as usize, crop.width() as usize);
        assert_eq!(size, self.plan.size, "a crop of the size that was planned for");
        let spare = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut workspace = spare.unwrap_or_else(|| self.plan.workspace());
        let output = self.arch.dispatch(Run { plan: &self.plan, workspace: &mut workspace, crop, threads });
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
        output
    }
}

struct Compile<'a> {
    model: &'a Model,
    height: usize,
    width: usize,
}

impl WithSimd for Compile<'_> {
    type Output = Plan;

    fn with_simd<S: Simd>(self, _: S) -> Plan {
        let (weights, card) = (self.model.weights(), self.model.card());
        let network = &weights.network;
        let (kernel, stride) = (network.stem.conv.kernel_size[0], network.stem.conv.stride[0]);
        let (rows, columns) = (Side::new(self.height, kernel, stride), Side::new(self.width, kernel, stride));
        let row = columns.padded() * CHANNELS;
        let stem = || {
            let stem = Folded::new(&network.stem);
            let patch = Patch { runs: kernel, length: kernel * CHANNELS, step: row };
            Dense::new::<S>(&stem.pixel_by_pixel(), &stem.bias, patch, stem.active)
        };
        // What takes time is moving four million weights; the app waits for it.
        let (layers, head) = rayon::join(
            || network.blocks.par_iter().map(|block| layers::<S>(block, stem)).collect::<Vec<_>>(),
            || Head::new::<S>(weights),
        );
        let mut from = Grid { width: columns.output, pixel: stride * CHANNELS, row: stride * row };
        let (mut height, mut width) = (rows.output, columns.output);
        let mut blocks = Vec::with_capacity(layers.len());
        for layers in layers {
            let block = Block::new(layers, from, height, width);
            (height, width) = block.output_size();
            from = Grid::closed(width, block.outputs());
            blocks.push(block);
        }
        let Normalisation { mean, deviation } = card.normalisation;
        let normalised = std::array::from_fn(|value| (value as f32 - mean) / deviation);
        Plan { size: (self.height, self.width), normalised, rows, columns, blocks, head }
    }
}

/// The layers of a block; the first one has no expansion and takes the stem for it.
fn layers<S: Simd>(block: &InvertedResidual, stem: impl Fn() -> Dense) -> Layers {
    let pixelwise = |layer: &Folded, clip| {
        let depth = layer.weights.len() / layer.bias.len();
        Dense::new::<S>(&layer.weights, &layer.bias, Patch::pixel(depth), clip)
    };
    let expand = block.expand.as_ref().map_or_else(stem, |expand| {
        let expand = Folded::new(expand);
        pixelwise(&expand, expand.active)
    });
    let filter = Folded::new(&block.depthwise);
    let (kernel, stride) = (filter.kernel, filter.stride);
    Layers {
        expand,
        depthwise: Depthwise::new::<S>(&filter.weights, &filter.bias, kernel, stride, filter.active),
        project: pixelwise(&Folded::new(&block.project), Clip::NONE),
        kernel,
        stride,
        shortcut: block.shortcut,
    }
}

impl Head {
    fn new<S: Simd>(weights: &Weights) -> Self {
        let linear = |weights: &[f32], outputs| {
            Dense::new::<S>(weights, &vec![0.0; outputs], Patch::pixel(FEATURES), Clip::NONE)
        };
        let head = Folded::new(&weights.network.head);
        let pixel = Patch::pixel(head.weights.len() / head.bias.len());
        let classifier = fold::linear(&weights.network.classifier);
        let (lesion, phone) = (fold::linear(&weights.probes.lesion), fold::linear(&weights.probes.phone));
        let mut probes = fold::columns(&weights.probes.prototypes.val());
        probes.extend_from_slice(&lesion.weights);
        probes.extend_from_slice(&phone.weights);
        Self {
            conv: Dense::new::<S>(&head.weights, &head.bias, pixel, head.active),
            classifier: linear(&classifier.weights, classifier.bias.len()),
            bias: classifier.bias,
            probes: linear(&probes, PROTOTYPES + 2),
            lesion_bias: lesion.bias[0],
            phone_bias: phone.bias[0],
        }
    }
}

impl Plan {
    /// Rows and columns of the last maps.
    fn map_size(&self) -> (usize, usize) {
        self.blocks.last().map_or((self.rows.output, self.columns.output), Block::output_size)
    }

    fn workspace(&self) -> Workspace {
        let maps = self.blocks.iter().map(|block| {
            let (height, width) = block.output_size();
            height * width * block.outputs()
        });
        let maps = maps.max().unwrap_or(0);
        let (height, width) = self.map_size();
        Workspace {
            picture: Buffer::zeros(self.rows.padded() * self.columns.padded() * CHANNELS),
            maps: [Buffer::zeros(maps), Buffer::zeros(maps)],
            scratch: Scratch::new(self.blocks.iter()),
            other_scratch: Scratch::new(self.blocks.iter()),
            features: Buffer::zeros(height * width * self.head.conv.outputs()),
            mean: Buffer::zeros(self.head.conv.outputs()),
            activation: Buffer::zeros(height * width * self.head.classifier.outputs()),
            probed: Buffer::zeros(self.head.probes.outputs()),
        }
    }

    /// The crop as the network reads it, with zeros around; these are never written to.
    fn normalise(&self, crop: &RgbImage, picture: &mut [f32]) {
        let row = self.columns.padded() * CHANNELS;
        let rows = picture[self.rows.before * row..].chunks_exact_mut(row);
        for (to, from) in rows.zip(crop.as_raw().chunks_exact(self.columns.input * CHANNELS)) {
            for (to, &from) in to[self.columns.before * CHANNELS..].iter_mut().zip(from) {
                *to = self.normalised[usize::from(from)];
            }
        }
    }
}

/// How many threads compute one picture.
#[derive(Clone, Copy)]
enum Threads {
    One,
    Two,
}

struct Run<'a> {
    plan: &'a Plan,
    workspace: &'a mut Workspace,
    crop: &'a RgbImage,
    threads: Threads,
}

impl WithSimd for Run<'_> {
    type Output = Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Output {
        let (plan, workspace) = (self.plan, self.workspace);
        plan.normalise(self.crop, &mut workspace.picture);
        let [first, second] = &mut workspace.maps;
        let (mut from, mut to) = (first, second);
        for (number, block) in plan.blocks.iter().enumerate() {
            let input: &[f32] = if number == 0 { &workspace.picture } else { from };
            match self.threads {
                Threads::One => block.run(simd, &mut workspace.scratch, input, to),
                Threads::Two => {
                    block.run_by_two(simd, [&mut workspace.scratch, &mut workspace.other_scratch], input, to);
                }
            }
            std::mem::swap(&mut from, &mut to);
        }
        let (height, width) = plan.map_size();
        let places = height * width;
        let dense = |layer: &Dense, pixels: usize, depth: usize, input: &[f32], output: &mut [f32]| {
            let (from, to) = (Grid::closed(pixels, depth), Grid::closed(pixels, layer.outputs()));
            layer.run(simd, Pass { pixels, input, from, output, to, shortcut: None });
        };
        let inputs = plan.blocks.last().map_or(0, Block::outputs);
        let conv =
            |places: usize, from: &[f32], to: &mut [f32]| dense(&plan.head.conv, places, inputs, from, to);
        match self.threads {
            Threads::One => conv(places, from, &mut workspace.features),
            Threads::Two => {
                let half = places / 2;
                let (upper, lower) = workspace.features.split_at_mut(half * plan.head.conv.outputs());
                rayon::join(
                    || conv(half, from, upper),
                    || conv(places - half, &from[half * inputs..], lower),
                );
            }
        }
        dense(&plan.head.classifier, places, FEATURES, &workspace.features, &mut workspace.activation);
        workspace.mean.fill(0.0);
        for features in workspace.features.chunks_exact(FEATURES).take(places) {
            workspace
                .mean
                .iter_mut()
                .zip(features)
                .for_each(|(mean, feature)| *mean += feature / places as f32);
        }
        dense(&plan.head.probes, 1, FEATURES, &workspace.mean, &mut workspace.probed);
        plan.conclude(workspace, places, width)
    }
}

impl Plan {
    /// What was computed, as the app reads it.
    fn conclude(&self, workspace: &Workspace, places: usize, map_side: usize) -> Output {
        let step = self.head.classifier.outputs();
        let class =
            |class: usize| workspace.activation[class..].iter().step_by(step).take(places).copied().collect();
        let activation: Vec<Vec<f32>> = (0..self.head.bias.len()).map(class).collect();
        // The classifier is linear: the mean of what it says of each place is what it says of the mean.
        let mean = |activation: &Vec<f32>| activation.iter().sum::<f32>() / places as f32;
        let logits =
            activation.iter().map(mean).zip(&self.head.bias).map(|(mean, bias)| mean + bias).collect();
        // The probes read directions: features of unit length, and for the linear ones of a mean square of one.
        let length = workspace.mean.iter().map(|feature| feature * feature).sum::<f32>().sqrt().max(1e-6);
        let along = |at: usize| workspace.probed[at] / length;
        let probe = |at: usize| along(at) * (FEATURES as f32).sqrt();
        let probed = Probed {
            nearness: (0..PROTOTYPES).map(along).fold(f32::NEG_INFINITY, f32::max),
            lesion: probe(PROTOTYPES) + self.head.lesion_bias,
            phone: probe(PROTOTYPES + 1) + self.head.phone_bias,
        };
        Output { logits, probed, activation, map_side }
    }
}
