//! Each kernel against the sum that it stands for, written out.

use proptest::prelude::*;
use pulp::{Arch, Simd, WithSimd};

use super::Engine;
use super::block::Side;
use super::buffer::Buffer;
use super::dense::{Clip, Dense, Grid, Pass, Patch};
use super::depthwise::{Depthwise, Rows};

/// Numbers between -1 and 1 that look random.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16) as u16) / 32_768.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn assert_near(found: f32, wanted: f64, what: &str) {
    assert!(
        (f64::from(found) - wanted).abs() < 1e-4 * wanted.abs().max(1.0),
        "{what}: {found}, not {wanted}"
    );
}

/// A dense layer of these shapes, on every kind of vector.
struct DenseCase {
    depth: usize,
    outputs: usize,
    pixels: usize,
    /// Pixels in a row of the output, which has a gap after each.
    width: usize,
    shortcut: bool,
    clip: Clip,
    seed: u32,
}

impl WithSimd for &DenseCase {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        let DenseCase { depth, outputs, pixels, width, shortcut, clip, seed } = *self;
        let weights = numbers(depth * outputs, seed);
        let bias = numbers(outputs, seed ^ 1);
        let input = numbers(depth * pixels, seed ^ 2);
        let layer = Dense::new::<S>(&weights, &bias, Patch::pixel(depth), clip);
        let wide = layer.outputs();
        let to = Grid { width, pixel: wide, row: width * wide + 3 };
        let mut output = Buffer::zeros((pixels.div_ceil(width)) * to.row);
        output.fill(9.0);
        let added = numbers(output.len(), seed ^ 3);
        layer.run(
            simd,
            Pass {
                pixels,
                input: &input,
                from: Grid::closed(pixels, depth),
                output: &mut output,
                to,
                shortcut: shortcut.then_some(&added),
            },
        );
        for pixel in 0..pixels {
            let at = pixel / width * to.row + pixel % width * wide;
            for channel in 0..wide {
                let mut sum = 0.0;
                if channel < outputs {
                    sum = f64::from(bias[channel]);
                    for input_channel in 0..depth {
                        let weight = weights[channel * depth + input_channel];
                        sum += f64::from(weight) * f64::from(input[pixel * depth + input_channel]);
                    }
                }
                if shortcut {
                    sum += f64::from(added[at + channel]);
                }
                let wanted = sum.clamp(f64::from(clip.floor), f64::from(clip.ceiling));
                assert_near(output[at + channel], wanted, "dense");
            }
        }
        // The gap after a row is not the layer's.
        if pixels > width {
            assert_eq!(output[width * wide..to.row], [9.0; 3]);
        }
    }
}

/// A depthwise layer of these shapes, on every kind of vector.
struct DepthwiseCase {
    kernel: usize,
    stride: usize,
    channels: usize,
    height: usize,
    width: usize,
    clip: Clip,
    seed: u32,
}

impl WithSimd for &DepthwiseCase {
    type Output = ();

    fn with_simd<S: Simd>(self, simd: S) {
        let DepthwiseCase { kernel, stride, channels, height, width, clip, seed } = *self;
        let weights = numbers(channels * kernel * kernel, seed);
        let bias = numbers(channels, seed ^ 1);
        let layer = Depthwise::new::<S>(&weights, &bias, kernel, stride, clip);
        let padded = channels.next_multiple_of(S::F32_LANES);
        let columns = (width - 1) * stride + kernel;
        let rows = (height - 1) * stride + kernel;
        let input = numbers(rows * columns * padded, seed ^ 2);
        let mut output = Buffer::zeros(height * width * padded);
        layer.run(
            simd,
            Rows { count: height, width, input: &input, step: columns * padded, output: &mut output },
        );
        for y in 0..height {
            for x in 0..width {
                for channel in 0..channels {
                    let mut sum = f64::from(bias[channel]);
                    for tap in 0..kernel * kernel {
                        let (row, column) = (y * stride + tap / kernel, x * stride + tap % kernel);
                        let value = input[(row * columns + column) * padded + channel];
                        sum += f64::from(weights[channel * kernel * kernel + tap]) * f64::from(value);
                    }
                    let wanted = sum.clamp(f64::from(clip.floor), f64::from(clip.ceiling));
                    assert_near(output[(y * width + x) * padded + channel], wanted, "depthwise");
                }
            }
        }
    }
}

fn clip() -> impl Strategy<Value = Clip> {
    prop_oneof![
        Just(Clip::NONE),
        Just(Clip { floor: 0.0, ceiling: f32::INFINITY }),
        Just(Clip { floor: 0.0, ceiling: 6.0 }),
    ]
}

fn on_every_arch(run: impl Fn(Arch)) {
    Engine::archs().for_each(run);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 64 }, ..ProptestConfig::default() })]

    #[test]
    fn a_dense_layer_is_a_product_a_bias_a_shortcut_and_a_clip(
        depth in 1usize..70,
        outputs in 1usize..120,
        pixels in 1usize..60,
        width in 1usize..30,
        shortcut in any::<bool>(),
        clip in clip(),
        seed in any::<u32>(),
    ) {
        let case = DenseCase { depth, outputs, pixels, width, shortcut, clip, seed };
        on_every_arch(|arch| arch.dispatch(&case));
    }

    #[test]
    fn a_depthwise_layer_filters_every_channel_by_itself(
        kernel in prop_oneof![Just(3usize), Just(5)],
        stride in 1usize..3,
        channels in 1usize..50,
        height in 1usize..6,
        width in 1usize..20,
        clip in clip(),
        seed in any::<u32>(),
    ) {
        let case = DepthwiseCase { kernel, stride, channels, height, width, clip, seed };
        on_every_arch(|arch| arch.dispatch(&case));
    }
}

#[test]
fn zeros_around_a_picture_lie_as_tensorflow_lays_them() {
    // (input, kernel, stride) to (output, before, after).
    let cases = [
        ((160, 3, 2), (80, 0, 1)),
        ((161, 3, 2), (81, 1, 1)),
        ((80, 5, 2), (40, 1, 2)),
        ((20, 5, 1), (20, 2, 2)),
        ((1, 5, 2), (1, 2, 2)),
        ((4, 3, 2), (2, 0, 1)),
    ];
    for ((input, kernel, stride), (output, before, after)) in cases {
        let side = Side::new(input, kernel, stride);
        assert_eq!(
            (side.output, side.before, side.after),
            (output, before, after),
            "{input} {kernel} {stride}"
        );
    }
}
