//! How well sizes are measured: on drawn photos of a mole and a coin whose true size is known.

use vision::photo::Photo;
use vision::scale::find::find;
use vision::scale::{Marked, Reference, Size, measure};

#[path = "scale/scene.rs"]
mod scene;
use scene::{Scene, drawn};

/// What came of the scenes of these seeds.
struct Outcome {
    scenes: usize,
    /// Scenes whose coin was found first of all candidates, within a fiftieth of its radius or so.
    found: usize,
    /// Relative errors of the longest diameter, of those that were measured.
    errors: Vec<f32>,
    /// Of these, how many intervals hold the truth.
    held: usize,
}

impl Outcome {
    fn median_error(&mut self) -> f32 {
        self.errors.sort_by(f32::total_cmp);
        self.errors[self.errors.len() / 2]
    }

    fn coverage(&self) -> f32 {
        self.held as f32 / self.errors.len() as f32
    }
}

/// Whether an ellipse lies on the coin's edge: each point of that is no further from its centre than the outline, and no nearer, by a
/// twentieth.
fn is_the_coin(scene: &Scene, ellipse: &vision::scale::Ellipse) -> bool {
    !scene.edge_px.is_empty() && scene.edge_px.iter().all(|&point| (ellipse.away(point) - 1.0).abs() < 0.05)
}

fn measured(seeds: std::ops::Range<u64>) -> Outcome {
    let mut outcome = Outcome { scenes: 0, found: 0, errors: Vec::new(), held: 0 };
    for seed in seeds {
        let scene = drawn(seed, true);
        outcome.scenes += 1;
        let Some(first) = find(&scene.photo, Some(scene.square)).into_iter().next() else { continue };
        if !is_the_coin(&scene, &first.ellipse) {
            continue;
        }
        outcome.found += 1;
        let coin = scene.coin.expect("a coin was drawn");
        let reference = Reference::coin(coin, first.ellipse, Marked::Found);
        let Ok(size) = measure(&scene.photo, scene.square, &reference) else { continue };
        let longest = Size::longest(&size);
        outcome.errors.push((longest.value / scene.longest_mm - 1.0).abs());
        let [low, high] = longest.interval;
        outcome.held += usize::from((low..=high).contains(&scene.longest_mm));
    }
    outcome
}

#[test]
fn drawn_moles_are_measured_within_what_is_stated() {
    let mut outcome = measured(0..24);
    assert!(outcome.found >= 18, "found {} of {}", outcome.found, outcome.scenes);
    assert!(outcome.errors.len() >= 14, "measured {} of {}", outcome.errors.len(), outcome.scenes);
    let (error, coverage) = (outcome.median_error(), outcome.coverage());
    assert!(error <= 0.05, "median error {error}");
    assert!(coverage >= 0.8, "coverage {coverage}");
}

#[test]
#[ignore = "takes minutes, and prints the figures of docs/size.md"]
fn measure_how_well_drawn_moles_are_measured() {
    let mut outcome = measured(1000..1300);
    let (error, coverage) = (outcome.median_error(), outcome.coverage());
    let Outcome { scenes, found, errors, .. } = &outcome;
    println!(
        "{scenes} scenes: coin found {found}, measured {}, median error {:.1} %, interval holds {:.0} %",
        errors.len(),
        100.0 * error,
        100.0 * coverage
    );
}

#[test]
fn skin_without_a_coin_shows_no_coin_as_a_rule() {
    let found = (0..12).filter(|&seed| !find(&drawn(seed, false).photo, None).is_empty()).count();
    assert!(found <= 3, "something was taken for a coin on {found} of 12");
}

#[test]
fn no_photo_makes_the_search_panic() {
    for (width, height) in [(1, 1), (3, 900), (64, 64)] {
        let flat = image::RgbImage::from_pixel(width, height, image::Rgb([200, 160, 140]));
        assert!(find(&Photo::from(flat), None).is_empty());
    }
}
