//! What the tests of all formats are made of: an archive with drawn pictures.

use std::io::Cursor;
use std::sync::Arc;

use archive::made_up::{check, patient, spot};
use archive::record::{Check, CheckId, Pictures, Spot};
use archive::seal::Key;
use archive::{Archive, Contents};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use jiff::tz::{Offset, TimeZone};
use tempfile::TempDir;

use super::*;

/// A drawn picture of this size.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([200, (x * 3) as u8, (y * 5) as u8]));
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).expect("encoded");
    bytes
}

/// An archive, and what of it is exported.
pub struct Kept {
    pub archive: Archive,
    /// All that was ever kept, whether or not it is still there.
    pub part: Arc<Contents>,
    _folder: TempDir,
}

impl Kept {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let archive = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("made");
        Self { part: archive.contents().clone(), archive, _folder: folder }
    }

    /// Keeps a check with drawn pictures.
    pub fn keep(&mut self, spot: &Spot, check: Check) {
        let pictures = Pictures {
            thumbnail: jpeg(16, 16),
            crop: jpeg(48, 48),
            saliency: jpeg(48, 48),
            photo: jpeg(64, 48),
        };
        self.archive.keep_check(spot.clone(), check, &pictures).expect("kept");
        self.part = self.archive.contents().clone();
    }

    /// Damages all pictures of a check.
    pub fn lose(&mut self, check: CheckId) {
        self.archive.delete_check(check).expect("deleted");
    }

    pub fn export(&self, include: Include) -> Export<'_> {
        Export {
            archive: &self.archive,
            part: &self.part,
            include,
            report: None,
            unnamed: "Spot",
            now: "2026-12-24T12:00:00Z".parse().expect("a time"),
            zone: TimeZone::fixed(Offset::constant(1)),
        }
    }

    pub fn written(&self, format: Format, include: Include) -> (Vec<u8>, Written) {
        let mut file = Cursor::new(Vec::new());
        let written = self.export(include).write(format, &mut file).expect("written");
        (file.into_inner(), written)
    }
}

/// Whether `wanted` is anywhere in the file.
fn holds(file: &[u8], wanted: &str) -> bool {
    file.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// Somebody of whom everything is known that can be.
fn somebody() -> Kept {
    let mut kept = Kept::new();
    let owner = archive::record::Patient { name: "Erika Mustermann".into(), ..patient() };
    kept.archive.keep_patient(owner.clone()).expect("kept");
    let mine = Spot {
        patient: Some(owner.id),
        note: "where the strap rubs".into(),
        findings: vec![archive::made_up::finding()],
        ..spot("Left shoulder")
    };
    let at = "2026-11-27T23:30:00Z".parse().expect("a time");
    kept.keep(&mine, Check { at, ..check(mine.id) });
    kept
}

#[test]
fn with_nothing_included_no_file_holds_anything_that_names_somebody() {
    let kept = somebody();
    for format in Format::ALL {
        let (file, _) = kept.written(format, Include::default());
        // A year alone may be part of a number that was drawn.
        for text in [
            "Erika",
            "Mustermann",
            "shoulder",
            "strap",
            "birthDate",
            "2026-11",
            "20261128",
            "2025-06",
            "corner",
        ] {
            assert!(!holds(&file, text), "{text} in {format:?}");
        }
    }
}

#[test]
fn what_is_included_and_has_a_place_is_in_the_file() {
    let kept = somebody();
    for (format, texts) in [
        (Format::Dicom, &["Erika Mustermann", "Left shoulder", "strap", "20261128"][..]),
        (
            Format::Fhir,
            &["Erika Mustermann", "Left shoulder", "strap", "1970", "2026-11-28", "round the corner"],
        ),
        (Format::Isic, &["histopathology", "Nevus", "female", "II"]),
        (Format::Photos, &["Erika Mustermann", "2026-11-28", "Left shoulder"]),
    ] {
        let (file, written) = kept.written(format, Include::these(Item::ALL));
        assert!(written.lost.is_empty());
        for text in texts {
            assert!(holds(&file, text), "{text} is not in {format:?}");
        }
    }
}

#[test]
fn where_there_is_no_check_nothing_is_written() {
    let kept = Kept::new();
    for format in Format::ALL {
        let mut file = Cursor::new(Vec::new());
        let result = kept.export(Include::default()).write(format, &mut file);
        assert!(matches!(result, Err(ExchangeError::Nothing)));
        assert!(file.into_inner().is_empty());
    }
}

#[test]
fn a_damaged_picture_is_named_and_costs_no_other() {
    for (format, items, lost) in [
        (Format::Photos, vec![], vec![RecordKind::Crop]),
        (Format::Photos, vec![Item::WholePhotos], vec![RecordKind::Photo]),
        (Format::Isic, vec![], vec![RecordKind::Crop]),
        (Format::Dicom, vec![Item::WholePhotos], vec![RecordKind::Crop, RecordKind::Photo]),
    ] {
        let mut kept = somebody();
        let damaged = spot("damaged");
        let of_it = check(damaged.id);
        kept.keep(&damaged, of_it.clone());
        kept.lose(of_it.id);
        let (_, written) = kept.written(format, Include::these(items));
        assert_eq!((written.pictures, written.checks), (lost.len(), 2), "{format:?}");
        assert!(written.lost.iter().all(|lost| (lost.spot, lost.check) == (damaged.id, of_it.id)));
        assert_eq!(written.lost.iter().map(|lost| lost.picture).collect::<Vec<_>>(), lost);
    }
}
