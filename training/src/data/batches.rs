//! Batches of augmented pictures, made on threads of their own while the network trains.
//!
//! What batch number `n` of epoch `e` holds follows from the seed alone, so that a run that was
//! interrupted goes on exactly as it would have.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vision::photo::Photo;

use crate::data::augment::{Recipe, augment};
use crate::data::error::DataError;
use crate::data::sample::Sample;

/// The most threads that load and augment, however many the processor has: each keeps batches in memory.
const MOST_THREADS: usize = 16;
/// Batches that each thread makes ahead.
const AHEAD: usize = 3;

/// The longer side of what is augmented, in pixels: photos of phones have many times the pixels that are looked at.
const LONGEST_PX: u32 = 448;
/// Photos are read once and kept as long as they fit into this many bytes.
const MOST_KEPT_BYTES: usize = 8 << 30;

/// Photos that were read before, scaled down: reading one takes longer than augmenting it.
#[derive(Default)]
pub struct Kept {
    photos: Vec<Vec<OnceLock<Photo>>>,
    bytes: AtomicUsize,
}

impl Kept {
    /// Room for all files of `samples`.
    pub fn new(samples: &[Sample]) -> Self {
        let room = |sample: &Sample| sample.files.iter().map(|_| OnceLock::new()).collect();
        Self { photos: samples.iter().map(room).collect(), bytes: AtomicUsize::new(0) }
    }

    /// Hands file number `file` of `sample`, the `number`-th, to `work`.
    fn with<T>(
        &self,
        number: usize,
        sample: &Sample,
        file: usize,
        work: impl FnOnce(&Photo) -> T,
    ) -> Result<T, DataError> {
        let slot = &self.photos[number][file];
        if let Some(photo) = slot.get() {
            return Ok(work(photo));
        }
        let photo = Photo::from(sample.load(file)?.scaled_down(LONGEST_PX));
        let result = work(&photo);
        let bytes = photo.pixels().as_raw().len();
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= MOST_KEPT_BYTES {
            // Another thread may have been quicker: then its copy stays.
            let _ = slot.set(photo);
        } else {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        Ok(result)
    }
}

/// Pictures and what they show.
pub struct Batch {
    /// All of one size.
    pub pictures: Vec<RgbImage>,
    /// Places of their samples in [`Plan::samples`].
    pub samples: Vec<usize>,
}

/// What to draw batches from.
#[derive(Clone)]
pub struct Plan {
    /// The pool.
    pub samples: Arc<Vec<Sample>>,
    /// Their photos, as far as they were read before.
    pub kept: Arc<Kept>,
    /// Chance of each sample, relative to the others.
    pub weights: Arc<Vec<f64>>,
    /// Pictures a batch.
    pub batch: usize,
    /// Batches an epoch.
    pub batches: usize,
    /// Side of the pictures, in pixels.
    pub side: u32,
    /// What augmentation may do.
    pub recipe: Recipe,
    /// Fixes everything that is drawn.
    pub seed: u64,
    /// Number of the epoch.
    pub epoch: usize,
}

impl Plan {
    /// Which samples the epoch sees, in which order.
    fn draw(&self) -> Vec<usize> {
        let mut random = self.random(u64::MAX);
        let sums: Vec<f64> = self
            .weights
            .iter()
            .scan(0.0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        let total = sums.last().copied().unwrap_or(0.0);
        let draws = self.batch * self.batches;
        // One draw in each equal slice of the whole: no sample is missed for long by chance.
        let mut order: Vec<usize> = (0..draws)
            .map(|slice| {
                let place = (slice as f64 + random.random_range(0.0..1.0)) / draws as f64 * total;
                sums.partition_point(|&sum| sum <= place).min(sums.len() - 1)
            })
            .collect();
        for end in (1..order.len()).rev() {
            order.swap(end, random.random_range(0..=end));
        }
        order
    }

    /// A generator for one thing within this epoch.
    fn random(&self, thing: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed ^ (self.epoch as u64) << 32);
        random.set_stream(thing);
        random
    }

    fn make(&self, order: &[usize], number: usize) -> Result<Batch, DataError> {
        let places = number * self.batch..(number + 1) * self.batch;
        let samples: Vec<usize> = order[places.clone()].to_vec();
        let pictures = places.zip(&samples).map(|(place, &number)| {
            let sample = &self.samples[number];
            let mut random = self.random(place as u64);
            let file = random.random_range(0..sample.files.len());
            self.kept.with(number, sample, file, |photo| augment(photo, self.side, &self.recipe, &mut random))
        });
        Ok(Batch { pictures: pictures.collect::<Result<_, _>>()?, samples })
    }
}

/// The batches of one epoch, from number `first` on.
pub struct Batches {
    queues: Vec<Receiver<Result<Batch, DataError>>>,
    next: usize,
    end: usize,
    waited: Duration,
}

impl Batches {
    /// Starts as many threads as the processor runs at once.
    pub fn start(plan: Plan, first: usize) -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        Self::on_threads(threads.min(MOST_THREADS), plan, first)
    }

    fn on_threads(threads: usize, plan: Plan, first: usize) -> Self {
        let order = Arc::new(plan.draw());
        let end = plan.batches;
        let started = (0..threads).map(|thread| {
            let (queue, batches) = sync_channel(AHEAD);
            let (plan, order) = (plan.clone(), Arc::clone(&order));
            let work = move || {
                for number in (first + thread..end).step_by(threads) {
                    // The receiver is gone when training stopped early: then so does this thread.
                    if queue.send(plan.make(&order, number)).is_err() {
                        return;
                    }
                }
            };
            thread::spawn(work);
            batches
        });
        Self { queues: started.collect(), next: 0, end: end.saturating_sub(first), waited: Duration::ZERO }
    }

    /// How long the one who trains had to wait for batches so far.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.end {
            return None;
        }
        let asked = Instant::now();
        let batch = self.queues[self.next % self.queues.len()].recv();
        self.waited += asked.elapsed();
        self.next += 1;
        // A thread that is gone before its last batch has panicked, and has said why.
        Some(batch.unwrap_or(Err(DataError::Thread)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use image::Rgb;
    use net::modality::Modality;

    use super::*;
    use crate::data::sample::Source;
    use crate::data::split::Split;

    fn plan(folder: &std::path::Path) -> Plan {
        let sample = |number: usize| {
            let file = folder.join(format!("{number}.png"));
            RgbImage::from_fn(20, 20, |x, y| Rgb([x as u8 * 9, y as u8 * 9, number as u8]))
                .save(&file)
                .expect("picture");
            Sample {
                id: number.to_string(),
                files: vec![file],
                class: usize::from(number >= 30),
                source: Source::Folder,
                group: number.to_string(),
                same_as: Vec::new(),
                modality: Modality::PlainPhoto,
                split: Split::Train,
                squashed_from: None,
                age_years: None,
                traits: BTreeMap::new(),
            }
        };
        let samples: Vec<Sample> = (0..40).map(sample).collect();
        Plan {
            kept: Arc::new(Kept::new(&samples)),
            samples: Arc::new(samples),
            // Ten of the second class weigh as much as thirty of the first.
            weights: Arc::new((0..40).map(|number| if number < 30 { 1.0 } else { 3.0 }).collect()),
            batch: 8,
            batches: 12,
            side: 16,
            recipe: Recipe::default(),
            seed: 9,
            epoch: 2,
        }
    }

    #[test]
    fn an_epoch_that_goes_on_in_the_middle_sees_the_same_batches() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(folder.path());
        let all: Vec<Batch> = Batches::start(plan.clone(), 0).map(|batch| batch.expect("batch")).collect();
        let rest: Vec<Batch> = Batches::start(plan, 5).map(|batch| batch.expect("batch")).collect();
        assert_eq!((all.len(), rest.len()), (12, 7));
        for (all, rest) in all[5..].iter().zip(&rest) {
            assert_eq!(all.samples, rest.samples);
            assert_eq!(all.pictures, rest.pictures);
        }
    }

    #[test]
    fn a_run_sees_the_same_batches_on_every_processor() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(folder.path());
        let on = |threads| -> Vec<Batch> {
            Batches::on_threads(threads, plan.clone(), 1).map(|batch| batch.expect("batch")).collect()
        };
        let one = on(1);
        assert_eq!(one.len(), 11);
        for threads in [2, 5, 16] {
            let many = on(threads);
            assert_eq!(many.len(), one.len());
            for (many, one) in many.iter().zip(&one) {
                assert!(many.samples == one.samples && many.pictures == one.pictures, "{threads} threads");
            }
        }
    }

    #[test]
    fn classes_are_drawn_by_their_weights() {
        let folder = tempfile::tempdir().expect("folder");
        let order = plan(folder.path()).draw();
        let second = order.iter().filter(|&&number| number >= 30).count();
        assert!(second.abs_diff(48) <= 2, "{second} of 96");
    }

    #[test]
    fn a_broken_picture_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(folder.path());
        (0..40).for_each(|number| {
            std::fs::write(folder.path().join(format!("{number}.png")), b"broken").expect("written")
        });
        let error = Batches::start(plan, 0).next().expect("a batch").err().expect("an error").to_string();
        assert!(error.contains(".png") && error.contains("choose"), "{error}");
    }
}
