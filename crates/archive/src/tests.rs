//! The archive, and what its tests are made of: drawn pictures and invented answers.

mod backups;
mod damage;
mod deleting;
mod disk;
mod keeping;
mod order;
mod thousands;
mod versions;

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::ProptestConfig;
use tempfile::TempDir;
use vision::photo::Square;

use super::finding::Finding;
use super::record::{BodySide, KeptPhoto, Place, Record, Remarks, SpotId};
use super::seal::Passphrase;
use super::*;
use crate::made_up::{assessment, check, finding, patient, spot};

/// How often a property is tried: as `PROPTEST_CASES` says, or so often.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(asked.unwrap_or(usual))
}

/// Pictures that no other check has.
fn pictures(check: &Check, bytes: usize) -> Pictures {
    let picture = |name: &str| format!("{name} of {} ", check.id).repeat(bytes / 40 + 1).into_bytes();
    Pictures {
        thumbnail: picture("thumbnail"),
        crop: picture("crop"),
        saliency: picture("saliency"),
        photo: picture("photo"),
    }
}

struct Scratch {
    folder: TempDir,
    key: Key,
}

impl Scratch {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("folder"), key: Key::random() }
    }

    fn file(&self) -> PathBuf {
        Files::in_folder(self.folder.path()).records()
    }

    fn create(&self) -> Archive {
        Archive::create(&self.file(), self.key.clone()).expect("made")
    }

    fn open(&self) -> Archive {
        Archive::open(&self.file(), self.key.clone()).expect("opens")
    }
}

/// An archive with three spots that have two checks each.
fn filled(place: &Scratch) -> Archive {
    let mut archive = place.create();
    for name in ["arm", "Back", "calf"] {
        let spot = spot(name);
        archive.keep_spot(spot.clone()).expect("kept");
        for _ in 0..2 {
            let check = check(spot.id);
            let pictures = pictures(&check, 6_000);
            archive.keep_check(spot.clone(), check, &pictures).expect("kept");
        }
    }
    archive
}

/// Whether `wanted` is anywhere in the file.
fn holds(file: &[u8], wanted: &[u8]) -> bool {
    file.windows(wanted.len()).any(|window| window == wanted)
}

fn first(archive: &Archive, spot: SpotId) -> Arc<Check> {
    archive.contents().timeline(spot).next().expect("a check").clone()
}

/// What opens somewhere in the file with the keys that are there.
fn readable(place: &Scratch) -> Vec<RecordId> {
    let keys = Keys::open(&Files::keys_of(&place.file()), place.key.clone()).expect("opens");
    let file = fs::read(place.file()).expect("file");
    let marks = (0..file.len()).filter(|at| file[*at..].starts_with(&seal::MARK));
    let mut opened: Vec<RecordId> = marks
        .filter_map(|at| {
            let header = Header::parse(&file[at..]).ok()?;
            salvage::open(&place.key, &keys, &header, &file[at..])?;
            header.id()
        })
        .collect();
    opened.sort_unstable();
    opened.dedup();
    opened
}

/// All that is kept, still sealed.
fn records(place: &Scratch) -> Vec<store::Entry> {
    Store::open(&place.file()).expect("opens").records().expect("read")
}
