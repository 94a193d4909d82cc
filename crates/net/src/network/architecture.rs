//! The EfficientNet-Lite family as data: from two numbers to the shape of every layer.
//!
//! Compound scaling (Tan & Le 2019, section 3.3) as Google's reference implementation of the Lite form does it: stem and head
//! keep their width, the first and the last stage their number of blocks.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::layers::BlockShape;

/// A run of blocks of one kind: a row of the paper's table.
struct Stage {
    repeats: usize,
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
}

const fn stage(repeats: usize, kernel: usize, stride: usize, expansion: usize, channels: usize) -> Stage {
    Stage { repeats, kernel, stride, expansion, channels }
}

/// EfficientNet-B0's table (Tan & Le 2019, table 1), which Lite0 uses as it is. Only the first block of a stage has its stride.
const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];
/// Channels after the first convolution.
pub const STEM_CHANNELS: usize = 32;
/// Length of the feature vector, which is the width of the last convolution.
pub const FEATURES: usize = 1280;
/// Channels of a block are a multiple of this.
const DIVISOR: usize = 8;

/// What [`Architecture::width`] may be. From 1.75 on, the first block would be as wide as the stem and get a shortcut, and the engine
/// computes the two as one.
const WIDTHS: RangeInclusive<f64> = 0.25..=1.5;
/// What [`Architecture::depth`] may be.
const DEPTHS: RangeInclusive<f64> = 0.25..=2.0;

/// Which network of the family: what the table is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Multiplies the channels of every stage.
    pub width: f64,
    /// Multiplies the blocks of every stage but the first and the last.
    pub depth: f64,
}

impl Architecture {
    /// The smallest one that was published.
    pub const LITE0: Self = Self { width: 1.0, depth: 1.0 };
    /// As Google published it, for 240 pixels.
    pub const LITE1: Self = Self { width: 1.0, depth: 1.1 };
    /// As Google published it, for 260 pixels.
    pub const LITE2: Self = Self { width: 1.1, depth: 1.2 };
    /// As Google published it, for 280 pixels.
    pub const LITE3: Self = Self { width: 1.2, depth: 1.4 };
    /// As Google published it, for 300 pixels.
    pub const LITE4: Self = Self { width: 1.4, depth: 1.8 };
    /// Those with a number, in its order.
    pub const PUBLISHED: [Self; 5] = [Self::LITE0, Self::LITE1, Self::LITE2, Self::LITE3, Self::LITE4];

    /// What files mean that were written before there was a choice.
    pub fn before_choice() -> Self {
        Self::LITE0
    }

    /// Whether it is [`Self::before_choice`], so that files that name no other network stay as they were.
    pub fn is_before_choice(&self) -> bool {
        *self == Self::before_choice()
    }

    /// Which number can't be, where one can't.
    pub fn fault(&self) -> Option<&'static str> {
        // What is not a number is in no range.
        match self {
            one if !WIDTHS.contains(&one.width) => Some("width is not between 0.25 and 1.5"),
            one if !DEPTHS.contains(&one.depth) => Some("depth is not between 0.25 and 2"),
            _ => None,
        }
    }

    /// Every inverted residual block, from the stem on.
    pub fn blocks(&self) -> Vec<BlockShape> {
        let mut blocks = Vec::new();
        let mut input = STEM_CHANNELS;
        for (number, stage) in STAGES.iter().enumerate() {
            let output = self.channels(stage.channels);
            let ends = number == 0 || number == STAGES.len() - 1;
            let repeats = if ends { stage.repeats } else { self.repeats(stage.repeats) };
            for repeat in 0..repeats {
                let stride = if repeat == 0 { stage.stride } else { 1 };
                let Stage { kernel, expansion, .. } = *stage;
                blocks.push(BlockShape { input, output, kernel, stride, expansion });
                input = output;
            }
        }
        blocks
    }

    /// The nearest multiple of eight, at least eight, and never less than nine tenths of what was meant.
    fn channels(&self, channels: usize) -> usize {
        let meant = channels as f64 * self.width;
        let nearest = ((meant + DIVISOR as f64 / 2.0) as usize / DIVISOR * DIVISOR).max(DIVISOR);
        if (nearest as f64) < 0.9 * meant { nearest + DIVISOR } else { nearest }
    }

    fn repeats(&self, repeats: usize) -> usize {
        (repeats as f64 * self.depth).ceil() as usize
    }

    /// How many numbers are learnt for so many classes: running statistics are none of them.
    pub fn parameters(&self, classes: usize) -> usize {
        // A convolution without bias; its normalisation has a gain and an offset a channel.
        let layer = |taps: usize, input: usize, output: usize| (taps * input + 2) * output;
        let block = |block: &BlockShape| {
            let wide = block.input * block.expansion;
            let expand = if block.expansion > 1 { layer(1, block.input, wide) } else { 0 };
            expand + layer(block.kernel * block.kernel, 1, wide) + layer(1, wide, block.output)
        };
        let blocks = self.blocks();
        let last = blocks.last().map_or(STEM_CHANNELS, |block| block.output);
        let ends = layer(9, 3, STEM_CHANNELS) + layer(1, last, FEATURES);
        ends + blocks.iter().map(block).sum::<usize>() + (FEATURES + 1) * classes
    }

    /// Share of features dropped before the linear layer while training, as Google trained them: more where there are more channels.
    pub fn dropout(&self) -> f64 {
        if self.width > 1.0 { 0.3 } else { 0.2 }
    }

    /// As names of models begin, e.g. `lite1`.
    pub fn name(&self) -> String {
        match self.number() {
            Some(number) => format!("lite{number}"),
            None => format!("lite-{}x{}", self.width, self.depth),
        }
    }

    /// The number under which it was published, if it was.
    fn number(&self) -> Option<usize> {
        Self::PUBLISHED.iter().position(|published| published == self)
    }
}

/// As people write it, e.g. EfficientNet-Lite1.
impl fmt::Display for Architecture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(out, "EfficientNet-Lite{number}"),
            None => write!(out, "EfficientNet-Lite of width {} and depth {}", self.width, self.depth),
        }
    }
}

/// A published one by its [`Architecture::name`].
impl FromStr for Architecture {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let published = Self::PUBLISHED.into_iter().find(|one| one.name() == text);
        published.ok_or_else(|| format!("{text:?} is no network of the family: choose lite0 to lite4"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks and channels of each stage.
    fn stages(architecture: Architecture) -> Vec<(usize, usize)> {
        let mut stages: Vec<(usize, usize)> = Vec::new();
        for block in architecture.blocks() {
            match stages.last_mut() {
                Some((blocks, channels)) if *channels == block.output => *blocks += 1,
                _ => stages.push((1, block.output)),
            }
        }
        stages
    }

    #[test]
    fn stages_are_scaled_as_the_reference_implementation_does() {
        let wanted = [
            [(1, 16), (2, 24), (2, 40), (3, 80), (3, 112), (4, 192), (1, 320)],
            [(1, 16), (3, 24), (3, 40), (4, 80), (4, 112), (5, 192), (1, 320)],
            [(1, 16), (3, 24), (3, 48), (4, 88), (4, 120), (5, 208), (1, 352)],
            [(1, 24), (3, 32), (3, 48), (5, 96), (5, 136), (6, 232), (1, 384)],
            [(1, 24), (4, 32), (4, 56), (6, 112), (6, 160), (8, 272), (1, 448)],
        ];
        assert_eq!(Architecture::PUBLISHED.map(stages), wanted.map(|stages| stages.to_vec()));
        // 24 * 0.48 is nearer to 8 than to 16, and 8 is less than nine tenths of it.
        let narrow = Architecture { width: 0.48, depth: 1.0 };
        assert_eq!(stages(narrow)[..3], [(1, 8), (2, 16), (2, 24)]);
    }

    #[test]
    fn strides_halve_the_picture_five_times_with_the_stem() {
        for architecture in Architecture::PUBLISHED {
            let strides: usize = architecture.blocks().iter().map(|block| block.stride).product();
            assert_eq!(2 * strides, 32);
        }
    }

    /// Counts of the ImageNet weights, with a thousand classes.
    #[test]
    fn as_many_parameters_as_were_published() {
        let counts = Architecture::PUBLISHED.map(|architecture| architecture.parameters(1000));
        assert_eq!(counts, [4_652_008, 5_416_680, 6_092_072, 8_197_096, 13_006_568]);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for (number, architecture) in Architecture::PUBLISHED.into_iter().enumerate() {
            assert_eq!(architecture.name(), format!("lite{number}"));
            assert_eq!(architecture.name().parse(), Ok(architecture));
        }
        let other = Architecture { width: 0.5, depth: 1.0 };
        assert_eq!(other.name(), "lite-0.5x1");
        assert_eq!(other.to_string(), "EfficientNet-Lite of width 0.5 and depth 1");
        for wrong in ["", "lite", "lite5", "Lite1", "b0", "lite-0.5x1"] {
            assert!(wrong.parse::<Architecture>().is_err_and(|why| why.contains("lite4")), "{wrong}");
        }
    }

    #[test]
    fn numbers_that_would_take_memory_without_limit_are_refused() {
        for architecture in Architecture::PUBLISHED {
            assert_eq!(architecture.fault(), None);
        }
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0, 2.5, 1e300] {
            assert!(Architecture { width: bad, depth: 1.0 }.fault().is_some_and(|why| why.contains("width")));
            assert!(Architecture { width: 1.0, depth: bad }.fault().is_some_and(|why| why.contains("depth")));
        }
        let largest = Architecture { width: *WIDTHS.end(), depth: *DEPTHS.end() };
        assert_eq!(largest.fault(), None);
        assert!(largest.parameters(64) < 15_000_000);
    }

    /// The engine takes the stem for the first block's expansion, which leaves nothing that a shortcut could add.
    #[test]
    fn no_width_gives_the_first_block_a_shortcut() {
        let widths =
            (0..=500).map(|step| WIDTHS.start() + (WIDTHS.end() - WIDTHS.start()) * f64::from(step) / 500.0);
        for width in widths {
            let first = Architecture { width, depth: 1.0 }.blocks()[0];
            assert!(first.expansion == 1 && first.output != STEM_CHANNELS, "{width}: {first:?}");
        }
    }
}
