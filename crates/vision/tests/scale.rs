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
    /// Scenes whose coin was found first of all candidates, within a twentieth of its radius.
    found: usize,
    /// Relative errors of the longest diameter, of those that were measured.
    errors: Vec<f32>,
    /// Of these, how many intervals hold the truth.
    held: usize,
    /// Relative errors of the area.
    area_errors: Vec<f32>,
}

impl Outcome {
    /// Of the longest diameter, and of the area.
    fn median_errors(&mut self) -> [f32; 2] {
        [&mut self.errors, &mut self.area_errors].map(|errors| {
            errors.sort_by(f32::total_cmp);
            errors[errors.len() / 2]
        })
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
    let mut outcome = Outcome { scenes: 0, found: 0, errors: Vec::new(), held: 0, area_errors: Vec::new() };
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
        outcome.area_errors.push((size.area().value / scene.area_mm2 - 1.0).abs());
        outcome.errors.push((longest.value / scene.longest_mm - 1.0).abs());
        let [low, high] = longest.interval;
        outcome.held += usize::from((low..=high).contains(&scene.longest_mm));
    }
    outcome
}

#[test]
fn drawn_moles_are_measured_within_what_is_stated() {
    let mut outcome = measured(0..24);
    assert!(outcome.found >= 22, "found {} of {}", outcome.found, outcome.scenes);
    assert!(outcome.errors.len() >= 22, "measured {} of {}", outcome.errors.len(), outcome.scenes);
    let ([error, of_area], coverage) = (outcome.median_errors(), outcome.coverage());
    assert!(error <= 0.04 && of_area <= 0.1, "median errors {error}, {of_area}");
    assert!(coverage >= 0.9, "coverage {coverage}");
}

#[test]
#[ignore = "prints the figures of docs/size.md, in minutes"]
fn measure_how_well_drawn_moles_are_measured() {
    let mut outcome = measured(1000..1300);
    let ([error, of_area], coverage) = (outcome.median_errors(), outcome.coverage());
    let Outcome { scenes, found, errors, .. } = &outcome;
    println!(
        "{scenes} scenes: coin found {found}, measured {}, median error {:.1} %, of the area {:.1} %, \
         interval holds {:.0} %",
        errors.len(),
        100.0 * error,
        100.0 * of_area,
        100.0 * coverage
    );
}

#[test]
fn on_skin_without_a_coin_nothing_is_proposed() {
    let proposes = |&seed: &u64| {
        let scene = drawn(seed, false);
        !find(&scene.photo, Some(scene.square)).is_empty()
    };
    let found = (0..12).filter(proposes).count();
    assert!(found <= 1, "something was taken for a coin on {found} of 12");
}

#[test]
fn no_photo_makes_the_search_panic() {
    for (width, height) in [(1, 1), (3, 900), (64, 64)] {
        let flat = image::RgbImage::from_pixel(width, height, image::Rgb([200, 160, 140]));
        assert!(find(&Photo::from(flat), None).is_empty());
    }
}

/// The box around what an annotation of Pascal VOC calls so, as left, top, right and bottom.
fn box_of(annotation: &str, name: impl Fn(&str) -> bool) -> Option<[f32; 4]> {
    let inside = |text: &str, tag: &str| -> Option<String> {
        let from = text.find(&format!("<{tag}>"))? + tag.len() + 2;
        Some(text[from..from + text[from..].find("</")?].trim().to_string())
    };
    let object = annotation
        .split("<object>")
        .skip(1)
        .find(|object| inside(object, "name").is_some_and(|is| name(&is)))?;
    let side = |tag| inside(object, tag)?.parse().ok();
    Some([side("xmin")?, side("ymin")?, side("xmax")?, side("ymax")?])
}

#[test]
#[ignore = "measures on real photos of a coin beside food, which SPOTCHECK_COINS names: docs/size.md"]
fn measure_how_coins_on_real_photos_are_found() {
    let folder = std::env::var_os("SPOTCHECK_COINS").expect("SPOTCHECK_COINS names the folder of ECUSTFD");
    let folder = std::path::Path::new(&folder);
    let mut names: Vec<String> = std::fs::read_dir(folder.join("Annotations"))
        .expect("Annotations")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().replace(".xml", ""))
        // From above, as one photographs a spot.
        .filter(|name| name.contains("T("))
        .collect();
    names.sort();
    let (mut photos, mut proposed, mut first, mut differences) = (0, 0, 0, Vec::new());
    for name in names.iter().step_by(8) {
        let annotation =
            std::fs::read_to_string(folder.join(format!("Annotations/{name}.xml"))).expect("annotation");
        let (Some(coin), Some(food)) =
            (box_of(&annotation, |is| is == "coin"), box_of(&annotation, |is| is != "coin"))
        else {
            continue;
        };
        let Ok(file) = std::fs::read(folder.join(format!("JPEGImages/{name}.JPG"))) else { continue };
        let photo = Photo::decode(&file).expect("a photo");
        photos += 1;
        let [left, top, right, bottom] = food.map(|side| side as u32);
        let spot = vision::photo::Square { left, top, side: (right - left).min(bottom - top) };
        let found = find(&photo, Some(spot));
        proposed += usize::from(!found.is_empty());
        let Some(candidate) = found.first() else { continue };
        let [left, top, right, bottom] = coin;
        let [x, y] = candidate.ellipse.centre_px;
        if (left..right).contains(&x) && (top..bottom).contains(&y) {
            first += 1;
            let [a, b] = candidate.ellipse.semi_axes_px;
            differences.push((a + b) / ((right - left + bottom - top) / 2.0) - 1.0);
        }
    }
    differences.sort_by(f32::total_cmp);
    let at = |share: f32| 100.0 * differences[(differences.len() as f32 * share) as usize];
    println!(
        "{photos} photos: something proposed on {proposed}, the coin first on {first}; its diameter differs from the box that was \
         drawn by hand by {:.1} % in the median, by {:.1} to {:.1} % in the middle eight tenths",
        at(0.5),
        at(0.1),
        at(0.9)
    );
    assert!(first * 10 >= photos * 7, "the coin is first on {first} of {photos}");
}
