//! The command line as a person or a script uses it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn spotcheck(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotcheck")).args(arguments).output().expect("spotcheck runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A drawn brown spot on drawn skin: no real lesion, but something that can be assessed.
fn drawn_spot(path: &Path) {
    let picture = image::RgbImage::from_fn(320, 240, |x, y| {
        let distance = ((x as f32 - 160.0) / 60.0).hypot((y as f32 - 120.0) / 50.0);
        let grain = (x * 7 + y * 13) % 11;
        let cover = ((1.1 - distance) * 4.0).clamp(0.0, 1.0);
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + grain as f32) as u8;
        image::Rgb([mix(215.0, 110.0), mix(165.0, 70.0), mix(145.0, 50.0)])
    });
    picture.save(path).expect("picture written");
}

#[test]
fn text_says_what_to_do_and_that_it_is_no_medical_device() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("spot.png");
    drawn_spot(&photo);
    let output = spotcheck(&["assess", photo.to_str().expect("path")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("spot.png") && said.contains("1 photo assessed"), "{said}");
    assert!(said.contains("no medical device") && said.contains("CC BY-NC"), "{said}");
    let levels = ["SEE A DOCTOR SOON", "HAVE IT LOOKED AT", "NOTHING SUSPICIOUS SEEN", "CAN'T TELL"];
    assert_eq!(levels.iter().filter(|level| said.contains(**level)).count(), 1, "{said}");
}

#[test]
fn json_is_complete_and_its_probabilities_sum_to_one() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("spot.png");
    drawn_spot(&photo);
    let output = spotcheck(&["assess", "--json", photo.to_str().expect("path")]);
    let reports: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let report = &reports[0];
    let fields = [
        "file",
        "explained",
        "schema",
        "model",
        "crop",
        "views",
        "probabilities",
        "risk",
        "triage",
        "cannot_tell",
        "prediction_set",
        "prediction_set_coverage",
        "novelty",
        "kind",
        "plain_photo",
        "kind_unsure",
        "calibrated_for",
        "person",
        "because",
        "risk_of_photo",
        "quality",
    ];
    for field in fields {
        assert!(!report[field].is_null(), "{field} in {report}");
    }
    assert!(report.get("despite_risk").is_some(), "null where the risk says enough: {report}");
    assert_eq!(report["schema"], 3);
    assert_eq!(report["crop"], serde_json::json!({"left": 40, "top": 0, "side": 240}));
    let probabilities = report["probabilities"].as_array().expect("array");
    assert!([7, 9].contains(&probabilities.len()), "{}", probabilities.len());
    let of = |malignant: Option<bool>| -> f64 {
        let wanted =
            probabilities.iter().filter(|p| malignant.is_none() || p["malignant"].as_bool() == malignant);
        wanted.map(|p| p["probability"].as_f64().expect("number")).sum()
    };
    assert!((of(None) - 1.0).abs() < 1e-5);
    assert!((of(Some(true)) - report["risk"].as_f64().expect("number")).abs() < 1e-5);
    let sorted = probabilities
        .windows(2)
        .all(|pair| pair[0]["probability"].as_f64() >= pair[1]["probability"].as_f64());
    assert!(sorted, "most probable first");
}

#[test]
fn what_is_told_of_the_person_is_part_of_the_answer_and_a_remark_never_ends_in_calm() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("spot.png");
    drawn_spot(&photo);
    let photo = photo.to_str().expect("path");
    let told = ["--age", "84", "--sex", "male", "--site", "head_or_neck", "--noticed", "bleeds,new"];
    let output = spotcheck(&[&["assess", "--json", photo], &told[..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let person = &report[0]["person"];
    assert_eq!(
        *person,
        serde_json::json!({
            "age": 84, "sex": "male", "site": "head_or_neck",
            "noticed": { "itches": false, "bleeds": true, "grows": false, "new": true }
        })
    );
    assert_ne!(report[0]["triage"], "nothing_suspicious");
    assert!(report[0]["of_thousand"].is_null(), "no figure tells how often a remark is right");
    let said = text(&spotcheck(&[&["assess", photo], &told[..]].concat()).stdout);
    assert!(said.contains("CAN'T TELL") || said.contains("It bleeds, It is new"), "{said}");
    for wrong in [["--age", "200"], ["--sex", "x"], ["--site", "moon"], ["--noticed", "sings"]] {
        let output = spotcheck(&[&["assess", photo], &wrong[..]].concat());
        assert!(!output.status.success() && text(&output.stderr).contains(wrong[1]), "{wrong:?}");
    }
}

#[test]
fn an_answer_says_what_it_means_for_a_thousand_people() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("spot.png");
    drawn_spot(&photo);
    let output = spotcheck(&["assess", "--json", photo.to_str().expect("path")]);
    let reports: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let told = reports[0]["triage"] != "cannot_tell";
    assert_eq!(reports[0]["of_thousand"].is_array(), told, "{}", reports[0]);
    for one in reports[0]["of_thousand"].as_array().into_iter().flatten() {
        let count = one["malignant"].as_f64().expect("number");
        assert!((0.0..=1000.0).contains(&count), "{one}");
    }
    // Of a model in a folder nothing was measured that could be told.
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let output = spotcheck(&["assess", "--json", "--model", model, photo.to_str().expect("path")]);
    let reports: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(reports[0]["of_thousand"].is_null());
}

#[test]
fn one_bad_file_is_named_and_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().expect("folder");
    drawn_spot(&folder.path().join("a.png"));
    std::fs::write(folder.path().join("b.jpg"), b"not a picture").expect("written");
    std::fs::write(folder.path().join("notes.txt"), b"not looked at").expect("written");
    drawn_spot(&folder.path().join("c.png"));
    let csv = folder.path().join("table.csv");
    let saliency = folder.path().join("saliency");
    let output = spotcheck(&[
        "assess",
        folder.path().to_str().expect("path"),
        "--csv",
        csv.to_str().expect("path"),
        "--saliency",
        saliency.to_str().expect("path"),
    ]);
    assert!(!output.status.success());
    let errors = text(&output.stderr);
    assert!(
        errors.contains("b.jpg") && errors.contains("text file") && !errors.contains("notes"),
        "{errors}"
    );
    assert!(text(&output.stdout).contains("2 photos assessed, 1 could not be read"));

    let table = std::fs::read_to_string(csv).expect("table");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC");
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("a,") && lines[2].starts_with("c,"));
    let sum: f64 = lines[1].split(',').skip(1).map(|cell| cell.parse::<f64>().expect("number")).sum();
    assert!((sum - 1.0).abs() < 1e-5);
    for name in ["a.png.saliency.png", "c.png.saliency.png"] {
        let picture = image::open(saliency.join(name)).expect("saliency picture");
        assert_eq!((picture.width(), picture.height()), (448, 448));
    }
}

#[test]
fn photos_of_one_name_keep_a_picture_each_and_none_is_passed_over() {
    let folder = tempfile::tempdir().expect("folder");
    let (left, right, out) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("out"));
    for place in [&left, &right] {
        std::fs::create_dir(place).expect("folder");
        drawn_spot(&place.join("spot.png"));
    }
    std::fs::write(right.join("phone.heic"), b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00").expect("written");
    let paths = [&left, &right, &out].map(|path| path.to_str().expect("path"));
    let output = spotcheck(&["assess", paths[0], paths[1], "--saliency", paths[2]]);
    assert!(!output.status.success());
    let errors = text(&output.stderr);
    assert!(errors.contains("phone.heic") && errors.contains("HEIC"), "{errors}");
    for name in ["spot.png.saliency.png", "spot.png.2.saliency.png"] {
        assert!(out.join(name).is_file(), "{name}");
    }
}

/// What must never happen to a photo named first.
#[test]
fn a_table_never_replaces_a_photo_or_anything_else() {
    let folder = tempfile::tempdir().expect("folder");
    let (a, b, notes) =
        (folder.path().join("a.png"), folder.path().join("b.png"), folder.path().join("notes.csv"));
    drawn_spot(&a);
    drawn_spot(&b);
    std::fs::write(&notes, "what I did today").expect("written");
    let before = std::fs::read(&a).expect("photo");
    let path = |path: &Path| path.to_str().expect("path").to_string();
    for (table, photo) in [(&a, &b), (&a, &a), (&notes, &a)] {
        let output = spotcheck(&["assess", "--csv", &path(table), &path(photo)]);
        assert!(!output.status.success(), "{table:?}");
        assert!(text(&output.stderr).contains("cannot write"), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "nothing was assessed");
    }
    assert_eq!(std::fs::read(&a).expect("photo"), before);
    assert_eq!(std::fs::read_to_string(&notes).expect("notes"), "what I did today");
}

/// Where it looked is no photo, even beside the photos.
#[test]
fn what_saliency_wrote_is_not_looked_at_again() {
    let folder = tempfile::tempdir().expect("folder");
    drawn_spot(&folder.path().join("a.png"));
    let path = folder.path().to_str().expect("path");
    for _ in 0..2 {
        let output = spotcheck(&["assess", path, "--saliency", path]);
        assert!(text(&output.stdout).contains("1 photo assessed"), "{}", text(&output.stdout));
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 2);
    // Nor does a folder of its own among the photos make the next run fail, nor is the table counted.
    let (pictures, table) = (folder.path().join("pictures"), folder.path().join("table.csv"));
    let [pictures, table] = [&pictures, &table].map(|path| path.to_str().expect("path"));
    for _ in 0..2 {
        let output = spotcheck(&["assess", path, "--saliency", pictures, "--csv", table]);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    }
}

#[test]
fn photos_of_one_name_are_told_where_the_scorer_would_refuse_them() {
    let folder = tempfile::tempdir().expect("folder");
    drawn_spot(&folder.path().join("x.png"));
    drawn_spot(&folder.path().join("x.jpg"));
    let csv = folder.path().join("table.csv");
    let photo = folder.path().join("x.png");
    let output = spotcheck(&[
        "assess",
        folder.path().to_str().expect("path"),
        photo.to_str().expect("path"),
        "--csv",
        csv.to_str().expect("path"),
    ]);
    let errors = text(&output.stderr);
    assert!(
        errors.contains("x stands 2 times in the table") && errors.contains("looked at once"),
        "{errors}"
    );
    assert_eq!(std::fs::read_to_string(csv).expect("table").lines().count(), 3);
}

#[test]
fn the_table_grows_with_the_work_and_replaces_another_at_its_end() {
    let folder = tempfile::tempdir().expect("folder");
    drawn_spot(&folder.path().join("a.png"));
    let csv = folder.path().join("table.csv");
    let old = "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nold,0.5,0.5,0.0,0.0,0.0,0.0,0.0\n";
    std::fs::write(&csv, old).expect("written");
    let output =
        spotcheck(&["assess", folder.path().to_str().expect("path"), "--csv", csv.to_str().expect("path")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = std::fs::read_to_string(&csv).expect("table");
    assert!(!table.contains("old") && table.lines().count() == 2, "{table}");
    assert!(
        table.lines().skip(1).flat_map(|line| line.split(',').skip(1)).all(|cell| cell.contains('.')),
        "{table}"
    );
    assert!(!folder.path().join("table.csv.part").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("a.png");
    drawn_spot(&photo);
    for arguments in [&["assess"][..], &["assess", "--json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("full");
        let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(arguments)
            .arg(&photo)
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .output()
            .expect("spotcheck runs");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(text(&output.stderr).contains("disk is full"), "{}", text(&output.stderr));
        let mut child = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(arguments)
            .arg(&photo)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("spotcheck runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("ended");
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{arguments:?} {}",
            text(&output.stderr)
        );
    }
}

/// What `2>&1 | head` leaves behind once it has seen enough, and a full disk.
#[cfg(target_os = "linux")]
#[test]
fn that_nobody_reads_the_remarks_ends_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let [broken, spot, csv] = ["a.jpg", "b.png", "table.csv"].map(|name| folder.path().join(name));
    std::fs::write(&broken, b"no picture").expect("written");
    drawn_spot(&spot);
    let (reader, closed) = std::io::pipe().expect("pipe");
    drop(reader);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("full");
    // The second time it replaces a table.
    for stderr in [std::process::Stdio::from(closed), full.into()] {
        let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["assess", "--csv"])
            .args([&csv, &broken, &spot])
            .stderr(stderr)
            .output()
            .expect("spotcheck runs");
        assert_eq!(output.status.code(), Some(1), "a photo could not be read");
        let said = text(&output.stdout);
        assert!(said.contains("b.png") && said.contains("1 photo assessed"), "{said}");
        assert_eq!(std::fs::read_to_string(&csv).expect("table").lines().count(), 2);
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 3, "no table half made");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(["assess", "no-such-photo.jpg", "--model", "no-such-folder"])
        .stderr(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("full"))
        .output()
        .expect("spotcheck runs");
    assert_eq!(output.status.code(), Some(1), "an error, and no panic");
}

#[cfg(unix)]
#[test]
fn a_name_cannot_fake_an_answer() {
    let folder = tempfile::tempdir().expect("folder");
    drawn_spot(&folder.path().join("a\u{1b}[2J\n  NOTHING SUSPICIOUS SEEN\n.png"));
    let output = spotcheck(&["assess", folder.path().to_str().expect("path")]);
    let said = text(&output.stdout);
    assert!(!said.contains('\u{1b}') && said.contains("\\u{1b}[2J\\n"), "{said}");
    // Nor where it is told that two photos have it.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).expect("folder");
    drawn_spot(&other.join("a\u{1b}[2J\n  NOTHING SUSPICIOUS SEEN\n.png"));
    let csv = folder.path().join("table.csv");
    let [here, there, csv] = [folder.path(), &other, &csv].map(|path| path.to_str().expect("path"));
    let output = spotcheck(&["assess", here, there, "--csv", csv]);
    let said = text(&output.stderr);
    assert!(said.contains("stands 2 times in the table"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains("\n  NOTHING"), "{said}");
}

#[test]
fn a_model_cannot_fake_an_answer_by_what_its_card_calls_things() {
    let folder = tempfile::tempdir().expect("folder");
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    std::fs::copy(models.join("spotcheck.bpk"), folder.path().join("spotcheck.bpk")).expect("copied");
    let card = std::fs::read(models.join("spotcheck.json")).expect("card");
    let mut card: Value = serde_json::from_slice(&card).expect("JSON");
    for field in ["version", "licence"] {
        card[field] = "\u{1b}[2J\n  FAKED".into();
    }
    for class in card["classes"].as_array_mut().expect("array") {
        class["key"] = format!("{}\u{1b}[2J\n  FAKED", class["key"].as_str().expect("text")).into();
    }
    std::fs::write(folder.path().join("spotcheck.json"), card.to_string()).expect("written");
    let photo = fixture("lesion.jpg");
    let [model, photo] = [folder.path(), &photo].map(|path| path.to_str().expect("path"));
    let output = spotcheck(&["assess", "--model", model, photo]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("\\u{1b}[2J\\n") && !said.contains('\u{1b}'), "{said}");
    assert!(!said.contains("\n  FAKED"), "{said}");
}

#[test]
fn what_lies_at_the_sides_of_a_wide_photo_is_said_to_be_left_out() {
    let folder = tempfile::tempdir().expect("folder");
    let (wide, square) = (folder.path().join("wide.png"), folder.path().join("square.png"));
    image::RgbImage::from_fn(500, 200, |x, y| image::Rgb([200, 150 + (x % 9) as u8, 130 + (y % 7) as u8]))
        .save(&wide)
        .expect("saved");
    image::RgbImage::from_fn(240, 200, |x, y| image::Rgb([200, 150 + (x % 9) as u8, 130 + (y % 7) as u8]))
        .save(&square)
        .expect("saved");
    let said = |path: &Path| text(&spotcheck(&["assess", path.to_str().expect("path")]).stdout);
    assert!(
        said(&wide).contains("Only the square in the middle") && said(&wide).contains("60%"),
        "{}",
        said(&wide)
    );
    assert!(!said(&square).contains("Only the square in the middle"));
}

#[test]
fn half_a_photo_and_one_without_colour_get_no_answer() {
    let folder = tempfile::tempdir().expect("folder");
    let whole = std::fs::read(fixture("lesion.jpg")).expect("fixture");
    let (half, grey) = (folder.path().join("half.jpg"), folder.path().join("grey.png"));
    std::fs::write(&half, [&whole[..whole.len() / 2], b"\xff\xd9"].concat()).expect("written");
    image::open(fixture("lesion.jpg")).expect("fixture").grayscale().into_rgb8().save(&grey).expect("saved");
    let output = spotcheck(&["assess", half.to_str().expect("path")]);
    assert!(!output.status.success() && text(&output.stderr).contains("missing"), "{}", text(&output.stderr));
    let said = text(&spotcheck(&["assess", grey.to_str().expect("path")]).stdout);
    assert!(said.contains("CAN'T TELL") && said.contains("no colour"), "{said}");
}

#[test]
fn a_table_that_cannot_be_written_is_told_before_the_work_is_done() {
    let folder = tempfile::tempdir().expect("folder");
    let photo = folder.path().join("spot.png");
    drawn_spot(&photo);
    let csv = folder.path().join("no/such/folder/table.csv");
    let output = spotcheck(&["assess", photo.to_str().expect("path"), "--csv", csv.to_str().expect("path")]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("table.csv"), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("spot.png"), "nothing was assessed yet");
}

/// The challenge weighs all classes alike, so the table holds what the network takes a photo for if all were equally common.
#[test]
fn csv_and_json_agree() {
    let folder = tempfile::tempdir().expect("folder");
    let (photo, csv) = (folder.path().join("spot.png"), folder.path().join("table.csv"));
    drawn_spot(&photo);
    let paths = [photo.to_str().expect("path"), csv.to_str().expect("path")];
    let output = spotcheck(&["assess", "--json", "--csv", paths[1], paths[0]]);
    let reports: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let all = reports[0]["probabilities"].as_array().expect("array");
    let likeness = |key: &str| {
        let found = all.iter().find(|p| p["diagnosis"] == key);
        found.map_or(0.0, |found| found["likeness"].as_f64().expect("number"))
    };
    // The challenge knows nothing else: what is left shares the whole.
    let melanoma = likeness("mel") / (1.0 - likeness("other"));
    let table = std::fs::read_to_string(csv).expect("table");
    let cell: f64 =
        table.lines().nth(1).and_then(|line| line.split(',').nth(1)).expect("cell").parse().expect("number");
    assert!(likeness("mel") > 0.0 && (melanoma - cell).abs() < 1e-6, "{melanoma} {cell}");
}

#[test]
fn a_missing_file_an_empty_folder_and_a_wrong_model_are_explained() {
    let missing = spotcheck(&["assess", "no-such-photo.jpg"]);
    assert!(!missing.status.success());
    assert!(text(&missing.stderr).contains("no-such-photo.jpg"), "{}", text(&missing.stderr));

    let empty = tempfile::tempdir().expect("folder");
    let nothing = spotcheck(&["assess", empty.path().to_str().expect("path")]);
    assert!(!nothing.status.success());
    assert!(text(&nothing.stderr).contains("no photos found"), "{}", text(&nothing.stderr));

    let photo = fixture("rgb.png");
    let arguments =
        ["assess", photo.to_str().expect("path"), "--model", empty.path().to_str().expect("path")];
    let model = spotcheck(&arguments);
    assert!(!model.status.success());
    assert!(text(&model.stderr).contains("spotcheck.json"), "{}", text(&model.stderr));
}

/// The answer to `lesion.jpg`, a drawing of nobody's skin, that is also asked of a phone's code (`tests/phones/prove.sh`).
const KNOWN_ANSWER: &str = "lesion.json";

fn answer_to_the_fixture() -> Value {
    // From within the checkout, so that no machine's path is part of the answer.
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["assess", "--json", "tests/fixtures/lesion.jpg"])
        .output()
        .expect("spotcheck runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn assert_close(found: &Value, known: &Value) {
    match (found, known) {
        (Value::Object(found), Value::Object(known)) => {
            assert!(found.keys().eq(known.keys()), "{:?} {:?}", found.keys(), known.keys());
            found.values().zip(known.values()).for_each(|(found, known)| assert_close(found, known));
        }
        (Value::Array(found), Value::Array(known)) => {
            assert_eq!(found.len(), known.len());
            found.iter().zip(known).for_each(|(found, known)| assert_close(found, known));
        }
        (Value::Number(found), Value::Number(known)) => {
            let (found, known) = (found.as_f64().unwrap_or(f64::NAN), known.as_f64().unwrap_or(0.0));
            assert!((found - known).abs() <= 1e-3 * known.abs().max(1.0), "{found} {known}");
        }
        _ => assert_eq!(found, known),
    }
}

#[test]
fn the_answer_to_a_known_photo_is_the_known_one() {
    let known = std::fs::read(fixture(KNOWN_ANSWER)).expect("fixture");
    assert_close(&answer_to_the_fixture(), &serde_json::from_slice(&known).expect("JSON"));
}

#[test]
#[ignore = "writes the fixture anew, after new weights: cargo test --release --test cli -- --ignored"]
fn write_the_known_answer() {
    let text = serde_json::to_string_pretty(&answer_to_the_fixture()).expect("JSON");
    std::fs::write(fixture(KNOWN_ANSWER), text + "\n").expect("written");
}
