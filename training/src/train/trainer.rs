//! The training loop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::module::{Module, ParamGroup};
use burn::optim::GradientsParams;
use burn::optim::lr_scheduler::module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use indicatif::{ProgressBar, ProgressStyle};
use net::diagnosis::Diagnosis;
use net::modality::Modality;
use net::network::efficientnet::EfficientNetLite;
use net::network::input::{Normalisation, to_tensor};
use net::network::pretrained;

use crate::data::augment::Recipe;
use crate::data::batches::{Batch, Batches, Kept, Plan};
use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::load::load;
use crate::data::sample::Sample;
use crate::data::split::Split;
use crate::train::adamw::OnePassAdamW;
use crate::train::checkpoint::{CheckpointError, Progress, State, save_weights};
use crate::train::config::Config;
use crate::train::fast::{self, Mode};
use crate::train::figures::{self, Figures};
use crate::train::run::{EpochLog, Run, RunError};
use crate::train::sampling::Sampling;
use crate::train::{ema, start};

/// Why training stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The pictures.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The files of the run.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The start weights.
    #[error("start weights {0}: {1}")]
    Start(PathBuf, String),
    /// The folder of the run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The loss is not a number any more.
    #[error("the loss is {loss} at step {step} of epoch {epoch}: lower the learning rates")]
    Diverged {
        /// Not a number, or infinite.
        loss: f64,
        /// Step of the epoch.
        step: usize,
        /// Epoch, from one.
        epoch: usize,
    },
}

/// Trains as `config` says into the folder of `run`, or goes on where it was interrupted: a kill costs at most as much work as is done
/// between checkpoints.
///
/// # Errors
/// See [`TrainError`]. What was reached until then is in the folder.
pub fn train(
    config: &Config,
    run: &Run,
    checkpoint_every: Duration,
    device: &Device,
) -> Result<(), TrainError> {
    let dataset = dataset(config)?;
    run.open(config)?;
    let trainer = Trainer::new(config, run, device, &dataset)?;
    let (state, resumed) = trainer.fresh()?.resume(&run.checkpoint(), device)?;
    if resumed {
        println!("Going on at step {} of epoch {}.", state.progress.step, state.progress.epoch + 1);
    }
    run.keep_epochs(state.progress.epoch)?;
    trainer.run(state, checkpoint_every)
}

/// The pictures of a run.
///
/// # Errors
/// When they can't be read.
pub fn dataset(config: &Config) -> Result<Dataset, DataError> {
    let mut dataset = load(&config.data)?;
    if let Some(limit) = config.limit {
        thin_out(&mut dataset, limit);
    }
    Ok(dataset)
}

/// Keeps every n-th sample of each side of the split, so that about `limit` remain.
fn thin_out(dataset: &mut Dataset, limit: usize) {
    for split in [Split::Train, Split::Validation] {
        let every = dataset.of(split).len().div_ceil(limit).max(1);
        let mut seen = 0;
        dataset.samples.retain(|sample| {
            let keep = sample.split != split || seen % every == 0;
            seen += usize::from(sample.split == split);
            keep
        });
    }
}

/// What a run trains with.
pub struct Trainer<'a> {
    config: &'a Config,
    run: &'a Run,
    device: &'a Device,
    classes: usize,
    diagnoses: Vec<Diagnosis>,
    train: Arc<Vec<Sample>>,
    kept: Arc<Kept>,
    weights: Arc<Vec<f64>>,
    /// For each sample to learn from, its place in `priors`.
    strata: Vec<usize>,
    /// For each source and modality, the logarithm of the share of each class among what is drawn of it.
    priors: Vec<Vec<f32>>,
    validation: Vec<Sample>,
    batches: usize,
}

impl<'a> Trainer<'a> {
    /// For the pictures of `dataset`.
    ///
    /// # Errors
    /// See [`TrainError`].
    pub fn new(
        config: &'a Config,
        run: &'a Run,
        device: &'a Device,
        dataset: &Dataset,
    ) -> Result<Self, TrainError> {
        let train = dataset.of(Split::Train);
        let sampling = Sampling::new(&train, dataset.classes.len(), config);
        let batches = (train.len() / config.batch).max(1);
        println!(
            "{} pictures to learn from, {} held back, {} classes: {}",
            train.len(),
            dataset.samples.len() - train.len(),
            dataset.classes.len(),
            dataset.classes.join(", ")
        );
        let samples: Vec<Sample> = train.into_iter().cloned().collect();
        Ok(Self {
            config,
            run,
            device,
            classes: dataset.classes.len(),
            diagnoses: dataset.diagnoses(),
            kept: Arc::new(Kept::new(&samples)),
            train: Arc::new(samples),
            weights: Arc::new(sampling.weights),
            strata: sampling.strata,
            priors: sampling.priors,
            validation: dataset.of(Split::Validation).into_iter().cloned().collect(),
            batches,
        })
    }

    /// The state before the first step.
    ///
    /// # Errors
    /// When the start weights can't be read.
    pub fn fresh(&self) -> Result<State, TrainError> {
        let inner = self.device.clone().inner();
        inner.seed(self.config.seed);
        let mut net =
            EfficientNetLite::new(self.config.architecture, self.classes, self.config.activation, &inner);
        match &self.config.start {
            None => follow_quickly(&mut net),
            Some(path) if path.is_dir() => {
                start::from_model(&mut net, self.config.architecture, path, &self.diagnoses)
                    .map_err(|reason| TrainError::Start(path.clone(), reason))?;
            }
            Some(path) => pretrained::load_imagenet(&mut net, path).map_err(|error| {
                let network = self.config.architecture;
                TrainError::Start(path.clone(), format!("no weights of {network}: {error}"))
            })?,
        }
        let optimizer = OnePassAdamW::new(self.config.weight_decay).into();
        let average = net.clone();
        Ok(State { net: net.train().fork(self.device), average, optimizer, progress: Progress::default() })
    }

    fn run(&self, mut state: State, checkpoint_every: Duration) -> Result<(), TrainError> {
        while state.progress.epoch < self.config.epochs() && !self.stands_still(state.progress) {
            state = self.epoch(state, checkpoint_every)?;
            let log = self.evaluate(&mut state)?;
            println!(
                "epoch {:>2}  {} px  loss {:.3}  {:.0} images/s  cross-entropy {:.3}  balanced accuracy {:.3}  accuracy {:.3}  AUROC {:.3}, melanoma {}, malignant {}{}{}",
                log.epoch,
                log.side_px,
                log.loss,
                log.images_per_s,
                log.cross_entropy.unwrap_or(f64::NAN),
                log.balanced_accuracy,
                log.accuracy,
                log.auroc,
                figure(log.melanoma),
                figure(log.malignant),
                log.phone_balanced_accuracy.map_or(String::new(), |value| format!(
                    "  plain photos: balanced accuracy {value:.3}, melanoma {}, malignant {}",
                    figure(log.phone_melanoma),
                    figure(log.phone_malignant)
                )),
                if log.best { "  best" } else { "" }
            );
            self.run.write(&log)?;
            state.save(&self.run.checkpoint())?;
        }
        Ok(())
    }

    /// Whether it is time to stop early. The epochs of few pictures are short: they get as many steps as it takes for
    /// averages to follow.
    fn stands_still(&self, progress: Progress) -> bool {
        const LEAST_STEPS: usize = 400;
        let epochs = progress.since_best;
        epochs >= self.config.patience && epochs * self.batches >= LEAST_STEPS
    }

    fn epoch(&self, mut state: State, checkpoint_every: Duration) -> Result<State, TrainError> {
        let Progress { epoch, step: first, .. } = state.progress;
        let phase = self.config.phase(epoch);
        let plan = Plan {
            samples: Arc::clone(&self.train),
            kept: Arc::clone(&self.kept),
            weights: Arc::clone(&self.weights),
            batch: self.config.batch,
            batches: self.batches,
            side: phase.side_px,
            recipe: Recipe::default(),
            seed: self.config.seed,
            epoch,
        };
        let bar = progress_bar(self.batches, first, epoch, self.config.epochs());
        let (started, before) = (Instant::now(), state.progress.seconds);
        let waited_before = state.progress.waited_s;
        let mut saved = Instant::now();
        let mut batches = Batches::start(plan, first);
        while let Some(batch) = batches.next() {
            let batch = batch?;
            let step = epoch * self.batches + state.progress.step;
            let value;
            (state, value) = self.step(state, &batch, step, phase.frozen_blocks)?;
            state.progress.step += 1;
            state.progress.loss_sum += value;
            state.progress.seconds = before + started.elapsed().as_secs_f64();
            state.progress.waited_s = waited_before + batches.waited().as_secs_f64();
            bar.set_message(format!(
                "{:.1} images/s, loss {:.3}",
                ((state.progress.step - first) * self.config.batch) as f64 / started.elapsed().as_secs_f64(),
                state.progress.loss_sum / state.progress.step as f64
            ));
            bar.inc(1);
            if saved.elapsed() >= checkpoint_every {
                state.save(&self.run.checkpoint())?;
                saved = Instant::now();
            }
        }
        bar.finish_and_clear();
        Ok(state)
    }

    /// Learns from one batch, the `step`-th of the run; also tells the loss before that.
    ///
    /// # Errors
    /// When the loss is not a number any more.
    pub fn step(
        &self,
        mut state: State,
        batch: &Batch,
        step: usize,
        frozen_blocks: usize,
    ) -> Result<(State, f64), TrainError> {
        // Dropout draws from the device's generator: the same at this step, resumed or not.
        self.device.seed(self.config.seed.wrapping_add(step as u64));
        let x = to_tensor(&batch.pictures, Normalisation::EFFICIENTNET_LITE, self.device);
        let prior = self.prior(&batch.samples);
        let target = self.target(&batch.samples);
        let (_, logits) = fast::forward(&state.net, x, Mode::Train, frozen_blocks, self.config.precision);
        // Cross entropy of logits plus log prior.
        let likelihood = log_softmax(logits + prior, 1);
        let loss = (target * likelihood).sum_dim(1).mean().neg();
        let value: f64 = loss.clone().into_scalar();
        if !value.is_finite() {
            let Progress { step, epoch, .. } = state.progress;
            return Err(TrainError::Diverged { loss: value, step, epoch: epoch + 1 });
        }
        let grads = GradientsParams::from_grads(loss.backward(), &state.net);
        let rate = self.config.rate(step, self.config.epochs() * self.batches);
        state.net = state.optimizer.step(self.rates(rate), state.net, grads);
        state.average = ema::follow(state.average, &state.net, self.decay(step));
        Ok((state, value))
    }

    /// The average starts out following quickly, then more and more slowly.
    fn decay(&self, step: usize) -> f64 {
        self.config.average_decay.min((1.0 + step as f64) / (10.0 + step as f64))
    }

    /// The logarithm of how common each class is where each sample comes from, `[batch, classes]`.
    fn prior(&self, samples: &[usize]) -> Tensor<2> {
        let rows = samples.iter().flat_map(|&sample| &self.priors[self.strata[sample]]);
        let prior = TensorData::new(rows.copied().collect(), [samples.len(), self.classes]);
        Tensor::from_data(prior, self.device)
    }

    /// What the network should say of these samples, `[batch, classes]`: softened labels.
    fn target(&self, samples: &[usize]) -> Tensor<2> {
        let off = self.config.label_smoothing / self.classes as f64;
        let mut target = vec![off as f32; samples.len() * self.classes];
        for (row, &sample) in samples.iter().enumerate() {
            target[row * self.classes + self.train[sample].class] += 1.0 - self.config.label_smoothing as f32;
        }
        let target = TensorData::new(target, [samples.len(), self.classes]);
        Tensor::from_data(target, self.device)
    }

    fn rates(&self, share: f64) -> ModuleLearningRate {
        ModuleLrScheduler::new(self.config.body_rate * share)
            .with_group(ParamGroup::from_predicate("classifier"), self.config.head_rate * share)
            .step()
    }

    /// Looks at the validation pictures with the averaged weights, keeps them if they are the best.
    fn evaluate(&self, state: &mut State) -> Result<EpochLog, TrainError> {
        let phase = self.config.phase(state.progress.epoch);
        let mut of_modality = Vec::new();
        for modality in [Modality::Dermatoscope, Modality::PlainPhoto] {
            if self.validation.iter().any(|sample| sample.modality == modality) {
                of_modality.push((modality, self.figures(&state.average, modality, phase.side_px)?));
            }
        }
        let figures = &of_modality[0].1;
        let phone = of_modality.get(1).map(|(_, figures)| figures);
        // Both modalities alike: what is kept serves those who hold a phone as well as those with a dermatoscope.
        let cross_entropy = of_modality.iter().map(|(_, figures)| figures.cross_entropy).sum::<f64>()
            / of_modality.len() as f64;
        let best = state.progress.least_cross_entropy.is_none_or(|least| cross_entropy < least);
        if best {
            save_weights(&state.average, &self.run.best())?;
        }
        let seconds = state.progress.seconds;
        let log = EpochLog {
            epoch: state.progress.epoch + 1,
            side_px: phase.side_px,
            loss: state.progress.loss_sum / self.batches as f64,
            learning_rate: self.config.body_rate
                * self
                    .config
                    .rate((state.progress.epoch + 1) * self.batches - 1, self.config.epochs() * self.batches),
            images_per_s: (self.batches * self.config.batch) as f64 / seconds,
            seconds,
            waited_s: Some(state.progress.waited_s),
            balanced_accuracy: figures.balanced_accuracy,
            accuracy: figures.accuracy,
            auroc: figures.auroc,
            cross_entropy: Some(cross_entropy),
            melanoma: figures.melanoma,
            malignant: figures.malignant,
            phone_balanced_accuracy: phone.map(|phone| phone.balanced_accuracy),
            phone_melanoma: phone.and_then(|phone| phone.melanoma),
            phone_malignant: phone.and_then(|phone| phone.malignant),
            best,
        };
        let new_size = self.config.phase(state.progress.epoch + 1).side_px != phase.side_px;
        state.progress = Progress {
            epoch: state.progress.epoch + 1,
            least_cross_entropy: if best { Some(cross_entropy) } else { state.progress.least_cross_entropy },
            // A larger picture size is a fresh chance.
            since_best: if best || new_size { 0 } else { state.progress.since_best + 1 },
            ..Progress::default()
        };
        Ok(log)
    }

    fn figures(&self, net: &EfficientNetLite, modality: Modality, side: u32) -> Result<Figures, TrainError> {
        let samples: Vec<&Sample> =
            self.validation.iter().filter(|sample| sample.modality == modality).collect();
        Ok(figures::figures(net, &samples, &self.diagnoses, side, &self.device.clone().inner())?)
    }
}

/// Random weights have running statistics that say nothing yet: they follow the batches five times as fast as those of weights
/// that have learnt already, or early epochs would be judged by them.
fn follow_quickly(net: &mut EfficientNetLite) {
    const MOMENTUM: f64 = 0.1;
    let blocks = net.blocks.iter_mut().flat_map(|block| {
        [Some(&mut block.depthwise), Some(&mut block.project), block.expand.as_mut()].into_iter().flatten()
    });
    let layers = [&mut net.stem, &mut net.head].into_iter().chain(blocks);
    layers.for_each(|layer| layer.norm.momentum = MOMENTUM);
}

fn figure(value: Option<f64>) -> String {
    value.map_or("-".into(), |value| format!("{value:.3}"))
}

fn progress_bar(steps: usize, first: usize, epoch: usize, epochs: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64).with_position(first as u64);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar.with_prefix(format!("epoch {}/{epochs}", epoch + 1))
}
