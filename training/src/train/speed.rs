//! How long a step of training takes, to be timed beside others: `benches/peers/training.py` asks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use image::{Rgb, RgbImage};
use net::modality::Modality;

use crate::data::batches::Batch;
use crate::data::dataset::Dataset;
use crate::data::sample::{Sample, Source};
use crate::data::split::Split;
use crate::train::config::Config;
use crate::train::run::Run;
use crate::train::trainer::{TrainError, Trainer};

/// Takes as many steps as each of `counts` wants, always on one batch of drawn pictures, and hands over what each of them took.
/// Reading and augmenting pictures is left out: threads of their own do that.
///
/// # Errors
/// When a step fails.
pub fn time_steps(
    config: &Config,
    device: &Device,
    counts: impl Iterator<Item = usize>,
    mut tell: impl FnMut(&[Duration]),
) -> Result<(), TrainError> {
    let (run, dataset, batch) = (Run::new(PathBuf::new()), one_of_each(), drawn(config));
    let trainer = Trainer::new(config, &run, device, &dataset)?;
    let mut state = trainer.fresh()?;
    for count in counts {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let start = Instant::now();
            (state, _) = trainer.step(state, &batch, 0, config.phase(0).frozen_blocks)?;
            times.push(start.elapsed());
        }
        tell(&times);
    }
    Ok(())
}

/// As many as Spotcheck's network tells apart.
const CLASSES: usize = 7;

fn one_of_each() -> Dataset {
    let sample = |class| Sample {
        id: String::new(),
        files: Vec::new(),
        class,
        source: Source::Folder,
        group: String::new(),
        same_as: Vec::new(),
        modality: Modality::Dermatoscope,
        split: Split::Train,
        squashed_from: None,
        age_years: None,
        traits: BTreeMap::new(),
    };
    Dataset {
        classes: (0..CLASSES).map(|class| class.to_string()).collect(),
        samples: (0..CLASSES).map(sample).collect(),
    }
}

fn drawn(config: &Config) -> Batch {
    let side = config.phase(0).side_px;
    let picture = |number: usize| {
        RgbImage::from_fn(side, side, |x, y| Rgb([x, y, x ^ y].map(|value| (value as usize * number) as u8)))
    };
    Batch {
        pictures: (1..=config.batch).map(picture).collect(),
        samples: (0..config.batch).map(|number| number % CLASSES).collect(),
    }
}
