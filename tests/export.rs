//! What is in a backup as a file for others, in the terminal: said first, written once, and never in the place of another.
#![cfg(feature = "export")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use archive::finding::{Finding, Said};
use archive::record::{
    BodySide, Check, CheckId, Lineage, Patient, PatientId, Pictures, Place, Remarks, Spot, SpotId,
};
use archive::seal::{Key, Passphrase};
use archive::{Archive, backup};
use serde_json::Value;
use spotcheck::assessment::Assessment;
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";

/// Runs `spotcheck export` with this on standard input.
fn export(arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.arg("export").args(arguments).env("TZ", "UTC");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("spotcheck runs");
    // It may have refused before it reads.
    let _ = running.stdin.take().expect("an input").write_all(typed.as_bytes());
    running.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What it says when it refuses: an exit status that scripts see, and the reason.
fn refusal(arguments: &[&str], typed: &str) -> String {
    let output = export(arguments, typed);
    assert_ne!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn picture() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lesion.jpg")).expect("a picture")
}

/// An answer that was once given to a drawing.
fn answer() -> Assessment {
    let known =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lesion.json")).expect("known");
    let known: Value = serde_json::from_slice(&known).expect("JSON");
    serde_json::from_value(known[0].clone()).expect("an answer")
}

/// A folder with a backup of two people, one of whom a doctor has calmed.
fn backed_up() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("folder");
    let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("made");
    for (name, spot_name) in [("Erika", "left shoulder"), ("Bob", "right calf")] {
        let (birth_year, sex, skin_type) = (Some(1970), None, None);
        let owner = Patient { id: PatientId::random(), name: name.into(), birth_year, sex, skin_type };
        archive.keep_patient(owner.clone()).expect("kept");
        let at = "2026-11-28T12:00:00Z".parse().expect("a time");
        let finding = Finding {
            seen_on: "2026-11-29".parse().expect("a day"),
            by: "Dr. Who".into(),
            said: Some(Said::Benign),
            removed: false,
        };
        let spot = Spot {
            id: SpotId::random(),
            name: spot_name.into(),
            note: String::new(),
            place: Place { side: BodySide::Front, x: 0.8, y: 0.3 },
            since: at,
            look_again: None,
            recovered: false,
            patient: Some(owner.id),
            findings: vec![finding],
        };
        let check = Check {
            id: CheckId::random(),
            spot: spot.id,
            lineage: Lineage::UNKNOWN,
            order: 0,
            after: Default::default(),
            at,
            assessment: answer(),
            photo: None,
            again: Vec::new(),
            remarks: Remarks::default(),
        };
        let pictures =
            Pictures { thumbnail: picture(), crop: picture(), saliency: picture(), photo: picture() };
        archive.keep_check(spot, check, &pictures).expect("kept");
    }
    let path = folder.path().join("spotcheck.age");
    let passphrase = Passphrase::new(PASSPHRASE.into()).expect("long enough");
    let written =
        backup::export(&archive, archive.contents(), &passphrase, File::create(&path).expect("made"));
    assert_eq!(written.expect("written"), 0);
    (folder, path.to_str().expect("path").to_string())
}

fn in_folder(folder: &TempDir, name: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    let text = path.to_str().expect("path").to_string();
    (path, text)
}

/// Whether `wanted` is anywhere in the file.
fn holds(path: &Path, wanted: &str) -> bool {
    let file = fs::read(path).expect("a file");
    file.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

#[test]
fn what_a_file_holds_of_the_person_is_said_first_and_is_what_is_in_it() {
    let (folder, backup) = backed_up();
    for (format, with, said, unsaid) in [
        (
            "photos",
            None,
            &["the whole photos", "the names of the spots", "days and times"][..],
            &["the person's name"][..],
        ),
        ("photos", Some("name"), &["the person's name"], &["days and times"]),
        (
            "dicom",
            Some("nothing"),
            &["pictures of the spots", "where on the body"],
            &["answers", "whole", "doctors"],
        ),
        (
            "fhir",
            Some("findings,name"),
            &["Spotcheck's answers", "what doctors found"],
            &["pictures", "days"],
        ),
        ("isic", None, &["pictures of the spots", "what doctors found"], &["name", "days"]),
    ] {
        let (path, to) = in_folder(&folder, &format!("{format}-{}", with.unwrap_or("usual")));
        let mut arguments = vec!["--from", &backup, "--as", format, "--to", &to];
        arguments.extend(with.iter().flat_map(|with| ["--with", with]));
        let output = export(&arguments, &format!("{PASSPHRASE}\n"));
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        let told = text(&output.stdout);
        let (list, after) = told.split_once("It leaves out:").expect("both");
        assert!(said.iter().all(|item| list.contains(item)), "{told}");
        assert!(unsaid.iter().all(|item| !list.contains(item)), "{told}");
        assert!(after.contains("written (checks: 2"), "{told}");
        for (key, is_in) in [
            ("Erika", list.contains("the person's name")),
            ("left shoulder", list.contains("the names of the spots")),
            ("Dr. Who", format == "fhir" && list.contains("what doctors found")),
        ] {
            assert_eq!(holds(&path, key), is_in, "{key} in {arguments:?}");
        }
        let named = list.contains("days and times") && format == "photos";
        assert_eq!(holds(&path, "2026-11-28 left shoulder 1.jpg"), named, "{arguments:?}");
    }
}

#[test]
fn of_one_person_nothing_of_another_is_written() {
    let (folder, backup) = backed_up();
    let (path, to) = in_folder(&folder, "bundle.json");
    let (_, passphrase) = in_folder(&folder, "passphrase");
    fs::write(&passphrase, format!("{PASSPHRASE}\r\n")).expect("written");
    let arguments =
        ["--from", &backup, "--as", "fhir", "--to", &to, "--with", "name,spot-names", "--patient", "bob"];
    let with_passphrase = [&arguments[..], &["--passphrase-file", &passphrase]].concat();
    let output = export(&with_passphrase, "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(holds(&path, "Bob") && holds(&path, "right calf"));
    assert!(!holds(&path, "Erika") && !holds(&path, "shoulder"));
    let bundle: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
    assert_eq!(bundle["resourceType"], "Bundle");
    fs::remove_file(&path).expect("removed");
    let nobody = ["--from", &backup, "--as", "fhir", "--to", &to, "--patient", "Alice"];
    let said = refusal(&nobody, PASSPHRASE);
    assert!(said.contains("nobody called Alice") && said.contains("Bob, Erika"), "{said}");
    assert!(!path.exists());
}

#[test]
fn nothing_is_replaced_and_nothing_is_left_of_what_failed() {
    let (folder, backup) = backed_up();
    let (path, to) = in_folder(&folder, "photos.zip");
    let photos = ["--from", &backup, "--as", "photos", "--to", &to];
    let said = refusal(&photos, "another passphrase\n");
    assert!(said.contains("does not open this backup"), "{said}");
    let said = refusal(&photos, "short\n");
    assert!(said.contains("too short"), "{said}");
    assert!(!path.exists());
    fs::write(&path, "mine").expect("written");
    let said = refusal(&photos, &format!("{PASSPHRASE}\n"));
    assert!(said.contains("exists already"), "{said}");
    assert_eq!(fs::read(&path).expect("a file"), b"mine");
    let (other, to) = in_folder(&folder, "no such folder/photos.zip");
    let said = refusal(&["--from", &backup, "--as", "photos", "--to", &to], &format!("{PASSPHRASE}\n"));
    assert!(said.contains("there is no such folder"), "{said}");
    assert!(!other.exists());
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let (folder, backup) = backed_up();
    let (path, to) = in_folder(&folder, "out");
    let start = ["--from", &backup, "--to", &to];
    let refused = |more: &[&str]| refusal(&[&start[..], more].concat(), &format!("{PASSPHRASE}\n"));
    assert!(refused(&["--as", "pdf"]).contains("choose one of dicom, fhir, isic, photos"));
    assert!(refused(&["--as", "photos", "--with", "shoe-size"]).contains("choose among whole-photos, name"));
    assert!(refused(&["--as", "dicom", "--with", "findings"]).contains("dicom has no place for findings"));
    let lesion = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lesion.jpg");
    assert!(refused(&["--as", "fhir", "--report", lesion]).contains("not a PDF"));
    assert!(
        refusal(&["--from", lesion, "--to", &to, "--as", "isic"], PASSPHRASE).contains("no Spotcheck backup")
    );
    assert!(!path.exists());
}

#[test]
fn of_a_backup_that_was_cut_off_what_came_before_is_written() {
    let (folder, backup) = backed_up();
    let whole = fs::read(&backup).expect("a backup");
    // In the last picture of the last check.
    fs::write(&backup, &whole[..whole.len() - 1_000]).expect("written");
    let (path, to) = in_folder(&folder, "photos.zip");
    let output = export(&["--from", &backup, "--as", "photos", "--to", &to], PASSPHRASE);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("damaged or incomplete"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("written"), "{}", text(&output.stdout));
    assert!(holds(&path, ".jpg"));
}
