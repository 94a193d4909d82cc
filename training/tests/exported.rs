//! What Spotcheck exports for researchers, read as it is.

use std::fs::File;
use std::process::Command;

use archive::Archive;
use archive::finding::{Finding, Histology, Said};
use archive::made_up::{assessment, check, finding, patient, spot};
use archive::record::{Check, Patient, Pictures, Spot};
use archive::seal::Key;
use assess::assessment::Assessment;
use exchange::{Export, Format, Include};
use image::{Rgb, RgbImage};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use net::modality::Modality;
use zip::ZipArchive;

/// A drawing that no other check has.
fn drawn(number: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture =
        RgbImage::from_fn(64, 64, |x, y| Rgb([number, (x * 3) as u8, (y ^ u32::from(number)) as u8]));
    image::codecs::jpeg::JpegEncoder::new(&mut bytes).encode_image(&picture).expect("encoded");
    bytes
}

#[test]
fn an_export_for_researchers_is_a_source_as_it_is() {
    let folder = tempfile::tempdir().expect("folder");
    let mut kept = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("made");
    for number in 0..120_u8 {
        let owner = Patient { id: archive::record::PatientId::random(), ..patient() };
        kept.keep_patient(owner.clone()).expect("kept");
        let said = match number % 4 {
            0 => Some(Said::Histology(Histology::Class("mel".into()))),
            1 | 2 => Some(Said::Histology(Histology::Class("nv".into()))),
            // Of these nothing can be learnt.
            _ => Some(Said::Suspicious),
        };
        let of_doctor = Finding { said, ..finding() };
        let spot = Spot { patient: Some(owner.id), findings: vec![of_doctor], ..spot("arm") };
        let kind = if number % 2 == 0 { Modality::Dermatoscope } else { Modality::PlainPhoto };
        let picture = drawn(number);
        let pictures = Pictures {
            thumbnail: picture.clone(),
            crop: picture.clone(),
            saliency: picture.clone(),
            photo: picture,
        };
        let check = Check { assessment: Assessment { kind, ..assessment() }, ..check(spot.id) };
        kept.keep_check(spot, check, &pictures).expect("kept");
    }
    let zip = folder.path().join("isic.zip");
    let export = Export {
        archive: &kept,
        part: kept.contents(),
        include: Include::usual(Format::Isic),
        report: None,
        unnamed: "Spot",
        now: Timestamp::UNIX_EPOCH,
        zone: TimeZone::UTC,
    };
    export.write(Format::Isic, File::create(&zip).expect("made")).expect("written");
    let pictures = folder.path().join("isic");
    ZipArchive::new(File::open(&zip).expect("there"))
        .expect("a zip file")
        .extract(&pictures)
        .expect("extracted");

    let survey =
        Command::new(env!("CARGO_BIN_EXE_training")).arg("survey").arg("--data").arg(&pictures).output();
    let survey = survey.expect("training runs");
    assert!(survey.status.success(), "{}", String::from_utf8_lossy(&survey.stderr));
    let table = String::from_utf8(survey.stdout).expect("text");
    let (mut mel, mut nv) = (0, 0);
    let mut rows = table.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    let column = |name: &str| header.iter().position(|column| *column == name).expect("a column");
    for row in rows.filter(|row| row.get(1) == Some(&"own pictures")) {
        let count = |name: &str| row[column(name)].parse::<u32>().expect("a number");
        mel += count("mel");
        nv += count("nv");
        assert_eq!(row[2] == "dermatoscope", row[2] != "plain photo");
        assert_eq!(count("all"), count("mel") + count("nv"), "{table}");
    }
    assert_eq!((mel, nv), (30, 60), "{table}");
    assert!(table.contains("held back") && table.contains("learn"), "{table}");
}
