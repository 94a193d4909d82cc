//! Whole assessments, on drawn pictures and, where they are at hand, on real ones.

use assess::assessment::{Assessor, Doubt, Look, Triage, Views};
use burn::tensor::Device;
use image::{Rgb, RgbImage};
use net::modality::Modality;
use net::network::model::Model;
use vision::photo::{Photo, Square};

#[path = "../../../tests/support/shared.rs"]
mod shared;
use shared::needed;

fn assessor() -> Assessor {
    Assessor::new(&Model::embedded(&Device::flex()).expect("embedded model"))
}

/// Every n-th image of a folder, so that there are `count`.
fn some(folder: &std::path::Path, count: usize) -> Vec<(String, Photo)> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let every = (paths.len() / count).max(1);
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().expect("name").to_string_lossy().into_owned();
        (name, Photo::decode(&std::fs::read(path).expect("image")).expect("photo"))
    };
    paths.iter().step_by(every).take(count).map(read).collect()
}

/// Images of fold 0, which the weights never learnt from, and their diagnoses.
fn held_back(count: usize) -> Vec<(Photo, String)> {
    held_back_names(count).into_iter().map(|(photo, diagnosis, _)| (photo, diagnosis)).collect()
}

/// The same with their names.
fn held_back_names(count: usize) -> Vec<(Photo, String, String)> {
    let (folds, images) = (needed("ham10000/folds.csv"), needed("ham10000/images"));
    let table = std::fs::read_to_string(folds).expect("folds");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let rows: Vec<&Vec<&str>> = rows.iter().filter(|row| row[3] == "0").collect();
    let every = (rows.len() / count).max(1);
    let read = |row: &&Vec<&str>| {
        let bytes = std::fs::read(images.join(format!("{}.jpg", row[0]))).expect("image");
        (Photo::decode(&bytes).expect("photo"), row[2].to_string(), row[0].to_string())
    };
    rows.iter().step_by(every).take(count).map(read).collect()
}

#[test]
fn what_is_no_lesion_gets_no_diagnosis() {
    let assessor = assessor();
    let bricks = RgbImage::from_fn(400, 300, |x, y| {
        let (row, grain) = (y / 24, (x * 37 + y * 91) % 23);
        let mortar = y % 24 < 3 || (x + row % 2 * 30) % 60 < 3;
        let tone = 20 * ((x + row % 2 * 30) / 60 + row * 7) % 50;
        Rgb(if mortar {
            [205, 200, 190]
        } else {
            [150 + tone + grain, 75 + grain, 55 + grain].map(|v| v as u8)
        })
    });
    let page = RgbImage::from_fn(400, 300, |x, y| {
        let ink = y % 20 < 12 && (x / 3 * 7 + y / 20 * 13) % 5 < 2;
        Rgb([if ink { 20 } else { 245 }; 3])
    });
    for (name, picture) in [("bricks", bricks), ("page", page)] {
        let photo = Photo::from(picture);
        let (assessment, _) = assessor.assess(&photo, Look::at(photo.central_square()));
        assert_eq!(assessment.triage, Triage::CannotTell, "{name}: {assessment:?}");
        // That its quality is too low as well would say nothing about what it shows.
        let foreign = [Doubt::NotALesion, Doubt::Unfamiliar];
        assert!(assessment.cannot_tell.iter().any(|doubt| foreign.contains(doubt)), "{name}: {assessment:?}");
    }
}

/// Bare skin from beside held-back lesions: the corners that their masks leave free.
#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn bare_skin_gets_no_diagnosis() {
    let (masks, photos) = (needed("ham10000/masks"), held_back_names(400));
    let assessor = assessor();
    let (mut pieces, mut turned_away) = (0, 0);
    for (photo, _, name) in photos {
        let mask = image::open(masks.join(format!("{name}.png"))).expect("mask").into_luma8();
        let square = Square { left: 0, top: 0, side: 50 };
        if mask.dimensions() != photo.size()
            || (0..50).any(|y| (0..50).any(|x| mask.get_pixel(x, y).0[0] > 0))
        {
            continue;
        }
        let (assessment, _) = assessor.assess(&photo, Look::at(square));
        pieces += 1;
        turned_away += usize::from(assessment.triage == Triage::CannotTell);
    }
    assert!(pieces >= 20, "{pieces}");
    assert!(turned_away * 100 >= pieces * 80, "{turned_away} of {pieces} are turned away");
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn a_blurred_lesion_gets_advice_instead_of_a_diagnosis() {
    let photos = held_back(5);
    let assessor = assessor();
    for (photo, _) in photos {
        let blurred = Photo::from(image::imageops::blur(photo.pixels(), 14.0));
        let (assessment, _) = assessor.assess(&blurred, Look::at(blurred.central_square()));
        assert_eq!(assessment.triage, Triage::CannotTell);
        assert!(assessment.cannot_tell.contains(&Doubt::Quality));
    }
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn an_answer_despite_a_bad_photo_may_warn_but_never_calms() {
    let photos = held_back(40);
    let assessor = assessor();
    let mut warned = 0;
    for (photo, _) in photos {
        let blurred = Photo::from(image::imageops::blur(photo.pixels(), 5.0));
        let look = Look { despite_quality: true, ..Look::at(blurred.central_square()) };
        let (assessment, _) = assessor.assess(&blurred, look);
        assert!(assessment.despite_quality != assessment.quality.suffices());
        if assessment.despite_quality {
            assert_ne!(assessment.triage, Triage::NothingSuspicious);
            warned += usize::from(assessment.triage != Triage::CannotTell);
        }
    }
    assert!(warned > 0, "a warning gets through");
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn the_range_of_the_risk_holds_the_risk() {
    let photos = held_back(10);
    let assessor = assessor();
    for (photo, _) in photos {
        let look = Look::at(photo.central_square());
        let [low, high] = assessor.assess(&photo, Look { views: Views::One, ..look }).0.risk_range;
        assert_eq!(low, high);
        let (assessment, _) = assessor.assess(&photo, look);
        let [low, high] = assessment.risk_range;
        assert!(low < assessment.risk && assessment.risk < high, "{low} {} {high}", assessment.risk);
    }
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn nearly_all_lesions_pass_and_most_melanomas_are_sent_to_a_doctor() {
    let photos = held_back(300);
    let assessor = assessor();
    let (mut passed, mut melanomas, mut sent) = (0, 0, 0);
    for (photo, diagnosis) in &photos {
        let (assessment, _) = assessor.assess(photo, Look::at(photo.central_square()));
        passed += usize::from(assessment.triage != Triage::CannotTell);
        if diagnosis == "mel" {
            melanomas += 1;
            sent += usize::from(assessment.triage != Triage::NothingSuspicious);
        }
    }
    assert!(passed * 100 >= photos.len() * 93, "{passed} of {} pass", photos.len());
    assert!(sent * 100 >= melanomas * 85, "{sent} of {melanomas} melanomas are sent to a doctor");
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn dermatoscopic_pictures_and_phone_photos_are_told_apart() {
    let (ham, pad) = (needed("ham10000/images"), needed("pad-ufes-20/images"));
    let assessor = assessor();
    for (folder, kind) in [(ham, Modality::Dermatoscope), (pad, Modality::PlainPhoto)] {
        let photos = some(&folder, 60);
        let right = photos
            .iter()
            .filter(|(_, photo)| assessor.assess(photo, Look::at(photo.central_square())).0.kind == kind)
            .count();
        assert!(right * 100 >= photos.len() * 90, "{right} of {} are {kind:?}", photos.len());
    }
}

/// Covering what mattered must matter more than covering anything else.
#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn covering_the_salient_square_changes_the_answer_more_than_covering_another() {
    let photos = held_back(200);
    let assessor = assessor();
    let side = assessor.card().input_side_px;
    let (mut salient, mut other) = (0.0, 0.0);
    for (number, (photo, _)) in photos.iter().enumerate() {
        let crop = photo.crop(photo.central_square(), side);
        let (assessment, saliency) = assessor.assess(photo, Look::at(photo.central_square()));
        let stated = &assessment.explained().expect("a diagnosis").diagnosis;
        let class = assessor.card().classes.iter().position(|class| class.key == *stated).expect("class");
        let before = assessor.probabilities(&crop)[class];
        let cells = saliency.side();
        // A cell and a half wide, centred on the place, whole even at the edge.
        let wide = 3 * side / (2 * cells as u32);
        let corner = |place: usize| {
            let start = |at: usize| {
                let centre = (at as u32 * 2 + 1) * side / (2 * cells as u32);
                centre.saturating_sub(wide / 2).min(side - wide)
            };
            (start(place % cells), start(place / cells))
        };
        let mean = mean(&crop);
        let change = |(left, top): (u32, u32)| {
            let mut covered = crop.clone();
            (0..wide * wide).for_each(|at| covered.put_pixel(left + at % wide, top + at / wide, mean));
            (assessor.probabilities(&covered)[class] - before).abs()
        };
        let values = saliency.values();
        let highest = (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).expect("places");
        let at = corner(highest);
        // Another place, drawn in a fixed order, that does not overlap.
        let apart = |&(left, top): &(u32, u32)| left.abs_diff(at.0) >= wide || top.abs_diff(at.1) >= wide;
        let others: Vec<(u32, u32)> = (0..values.len()).map(corner).filter(apart).collect();
        salient += change(at);
        other += change(others[(number * 7) % others.len()]);
    }
    let (salient, other) = (salient / photos.len() as f32, other / photos.len() as f32);
    println!("mean change: {salient} at the salient square, {other} at another");
    assert!(salient > other, "{salient} against {other}");
}

#[test]
fn a_warning_is_explained_by_what_it_warns_about() {
    let (assessor, photo) = (assessor(), Photo::from(RgbImage::from_pixel(300, 300, Rgb([150, 90, 70]))));
    let mut assessment = assessor.assess(&photo, Look::at(photo.central_square())).0;
    for (triage, malignant) in [(Triage::HaveItLookedAt, true), (Triage::SeeDoctorSoon, true)] {
        assessment.triage = triage;
        assert_eq!(assessment.explained().expect("a diagnosis").malignant, malignant, "{triage:?}");
    }
    assessment.triage = Triage::NothingSuspicious;
    assert_eq!(assessment.explained(), assessment.probabilities.first());
}

fn mean(picture: &RgbImage) -> Rgb<u8> {
    let mut sum = [0u64; 3];
    picture.pixels().for_each(|pixel| (0..3).for_each(|channel| sum[channel] += u64::from(pixel.0[channel])));
    Rgb(sum.map(|sum| (sum / u64::from(picture.width() * picture.height())) as u8))
}

#[test]
fn an_assessment_survives_json() {
    let assessor = assessor();
    let photo = Photo::from(RgbImage::from_fn(100, 80, |x, y| Rgb([x as u8, y as u8, 90])));
    let (assessment, _) = assessor.assess(&photo, Look::at(photo.central_square()));
    assert_eq!(assessment.views, 4);
    let json = serde_json::to_string(&assessment).expect("JSON");
    assert_eq!(
        serde_json::from_str::<assess::assessment::Assessment>(&json).expect("assessment"),
        assessment
    );
}
