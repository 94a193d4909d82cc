//! From a folder of class folders to weights that the app loads, and a run that survives a kill.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use cli::{self, Arguments, CliError, Command as Terminal};
use image::{Rgb, RgbImage};
use serde_json::Value;
use spotpack::{Envelope, Manifest, SigningKey};

const PICTURES: u32 = 60;

fn training(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_training"));
    command.args(arguments);
    command
}

fn succeed(arguments: &[&str]) -> Output {
    let output = training(arguments).output().expect("training runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Two easy classes: round dark spots and long pale stripes.
fn draw_classes(folder: &Path) {
    for (name, stripe) in [("malignant-spot", false), ("stripe", true)] {
        std::fs::create_dir_all(folder.join(name)).expect("folder");
        for number in 0..PICTURES {
            let (shift, tone) = (number % 9, number % 40);
            let picture = RgbImage::from_fn(64, 64, |x, y| {
                let (dx, dy) = (x as f32 - 28.0 - shift as f32, y as f32 - 32.0);
                let inside = if stripe { dy.abs() < 7.0 } else { dx.hypot(dy) < 16.0 };
                let shade = if stripe { 235 } else { 60 };
                Rgb(if inside { [shade, shade - 20, shade - 30] } else { [190, 150, (110 + tone) as u8] })
            });
            picture.save(folder.join(name).join(format!("{number}.png"))).expect("picture");
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("path")
}

#[test]
fn a_folder_of_class_folders_becomes_a_model_that_the_app_loads() {
    let folder = tempfile::tempdir().expect("folder");
    let (data, run, model) =
        (folder.path().join("data"), folder.path().join("run"), folder.path().join("model"));
    draw_classes(&data);
    succeed(&["train", "--data", path(&data), "--run", path(&run), "--phases", "30x48"]);
    for plot in ["learning-curves", "confusion-phone", "roc-phone", "reliability-phone"] {
        assert!(run.join("plots").join(format!("{plot}.svg")).is_file(), "{plot}");
    }
    succeed(&["calibrate", "--data", path(&data), "--run", path(&run)]);
    succeed(&["export", "--run", path(&run), "--model", path(&model)]);
    succeed(&["evaluate", "--data", path(&data), "--model", path(&model)]);
    let evaluation: Value =
        serde_json::from_slice(&std::fs::read(model.join("evaluation.json")).expect("evaluation"))
            .expect("JSON");
    for of in ["tables", "answered", "practice"] {
        assert_eq!(evaluation[of][0]["domain"], "plain_photo", "{of}");
    }
    let figures = evaluation["tables"][0]["figures"].as_array().expect("figures");
    let balanced = figures.iter().find(|figure| figure["name"] == "balanced accuracy").expect("figure");
    assert!(balanced["value"].as_f64().expect("number") > 0.9, "{balanced}");
    assert!(
        std::fs::read_to_string(model.join("MODEL_CARD.md")).expect("card").contains("balanced accuracy")
    );

    use burn::tensor::Device;
    let loaded = net::network::model::Model::load(&model, &Device::flex()).expect("the app loads it");
    let classes: Vec<(&str, bool)> =
        loaded.card().classes.iter().map(|class| (&*class.key, class.malignant)).collect();
    assert_eq!(classes, [("spot", true), ("stripe", false)]);
}

/// What `spotcheck` does with these arguments.
fn spotcheck(arguments: &[&str]) -> Result<ExitCode, CliError> {
    let arguments = std::iter::once("spotcheck").chain(arguments.iter().copied());
    match Arguments::try_parse_from(arguments).expect("arguments").command {
        Some(Terminal::Assess(arguments)) => cli::assess(&arguments),
        Some(Terminal::Pack(command)) => cli::pack(&command),
        _ => panic!("one of these"),
    }
}

/// A drawing that is large and sharp enough for an answer.
fn draw_spot(to: &Path) {
    let picture = RgbImage::from_fn(320, 240, |x, y| {
        let distance = (x as f32 - 160.0).hypot(y as f32 - 120.0) / 70.0;
        let cover = ((1.1 - distance) * 4.0).clamp(0.0, 1.0);
        let grain = ((x * 7 + y * 13) % 11) as f32;
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + grain) as u8;
        Rgb([mix(215.0, 110.0), mix(165.0, 70.0), mix(145.0, 50.0)])
    });
    picture.save(to).expect("picture");
}

#[test]
fn a_larger_network_travels_from_pictures_to_an_answer_by_its_pack_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    let (data, run, model) = (at("data"), at("run"), at("model"));
    draw_classes(&data);
    let lite1 = ["--architecture", "lite1", "--phases", "1x64", "--set", "batch=16"];
    succeed(&[&["train", "--data", path(&data), "--run", path(&run)][..], &lite1[..]].concat());
    succeed(&["calibrate", "--data", path(&data), "--run", path(&run)]);
    succeed(&["export", "--run", path(&run), "--model", path(&model)]);
    let json =
        |file: &Path| -> Value { serde_json::from_slice(&std::fs::read(file).expect("file")).expect("JSON") };
    let lite1 = serde_json::json!({"width": 1.0, "depth": 1.1});
    assert_eq!(json(&run.join("config.json"))["architecture"], lite1);
    let card = json(&model.join("spotcheck.json"));
    assert_eq!(card["architecture"], lite1);
    assert!(card["version"].as_str().is_some_and(|version| version.starts_with("lite1-64-")), "{card}");

    let (photo, key, pack) = (at("photo.png"), at("secret.key"), at("lite1.spotpack"));
    draw_spot(&photo);
    let secret = SigningKey::generate().expect("a key");
    std::fs::write(&key, secret.to_text().expect("text")).expect("written");
    let signed = ["--version", "1", "--publisher", "Skin lab", "--date", "2026-03-31", "--key", path(&key)];
    let make = ["pack", "make", path(&model), path(&photo), "--to", path(&pack)];
    spotcheck(&[&make[..], &signed[..]].concat()).expect("made");
    let bytes = std::fs::read(&pack).expect("a pack");
    let envelope = Envelope::read(&mut Cursor::new(bytes)).expect("a pack");
    let manifest = Manifest::parse(envelope.manifest()).expect("a manifest");
    assert_eq!((manifest.architecture.width, manifest.architecture.depth), (1.0, 1.1));

    let fingerprint = secret.public().expect("a key").fingerprint().to_string();
    let (by_pack, by_folder) = (at("by-pack"), at("by-folder"));
    let look = |model: &Path, to: &Path, more: &[&str]| {
        let assess = ["assess", path(&photo), "--model", path(model), "--saliency", path(to)];
        let ended = spotcheck(&[&assess[..], more].concat()).expect("an answer");
        assert_eq!(ended, ExitCode::SUCCESS);
        let mut pictures = std::fs::read_dir(to).expect("folder").map(|entry| entry.expect("entry").path());
        std::fs::read(pictures.next().expect("where it looked")).expect("a picture")
    };
    let by_folder = look(&model, &by_folder, &[]);

    // A run of another network does not start from it, and says why.
    let start = ["train", "--data", path(&data), "--start", path(&model), "--phases", "1x64"];
    let other = training(&[&start[..], &["--run", path(&at("other"))]].concat()).output().expect("runs");
    let why = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(!other.status.success() && why.contains("it is an EfficientNet-Lite1"), "{why}");

    std::fs::remove_dir_all(&model).expect("removed");
    let by_pack = look(&pack, &by_pack, &["--trust", &fingerprint]);
    assert!(by_pack == by_folder, "both look at the same places");
}

/// Epoch and step of the checkpoint; none where there is none, or where it is being replaced.
fn progress(run: &Path) -> Option<[u64; 2]> {
    let text = std::fs::read(run.join("checkpoint/progress.json")).ok()?;
    let progress: Value = serde_json::from_slice(&text).ok()?;
    Some([progress["epoch"].as_u64()?, progress["step"].as_u64()?])
}

/// The log without what depends on the clock.
fn log(run: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(run.join("log.jsonl")).unwrap_or_default();
    let mut lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for line in &mut lines {
        line.as_object_mut()
            .expect("object")
            .retain(|key, _| !["seconds", "images_per_s", "waited_s"].contains(&key.as_str()));
    }
    lines
}

#[test]
fn a_killed_run_goes_on_to_the_last_bit() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    draw_classes(&data);
    let start = |run: &Path| {
        let arguments = [
            "train",
            "--data",
            path(&data),
            "--run",
            path(run),
            "--phases",
            "1x32:3,1x32,2x48",
            "--set",
            "batch=8",
        ];
        let mut command = training(&arguments);
        // After every step.
        command.args(["--checkpoint-every", "0"]).stderr(Stdio::null());
        command
    };
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    assert!(start(&whole).stdout(Stdio::null()).status().expect("ended").success());

    // Until it is met in the middle of an epoch, and once more in a later one.
    for epoch in [0, 2] {
        let mut child = start(&killed).stdout(Stdio::null()).spawn().expect("training runs");
        let deadline = Instant::now() + Duration::from_secs(300);
        while !progress(&killed).is_some_and(|[at, step]| at >= epoch && (2..9).contains(&step)) {
            assert!(Instant::now() < deadline, "no step was saved");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
    assert!(log(&killed).len() < 4, "it was killed too late to show anything");
    let resumed = start(&killed).output().expect("ended");
    let said = String::from_utf8_lossy(&resumed.stdout).into_owned();
    assert!(said.contains("Going on at step") && !said.contains("step 0 "), "{said}");

    let (whole, killed) = (log(&whole), log(&killed));
    assert_eq!(whole.len(), 4);
    assert_eq!(whole, killed);
}

#[test]
fn a_run_folder_is_not_used_for_another_run() {
    let folder = tempfile::tempdir().expect("folder");
    let (data, run) = (folder.path().join("data"), folder.path().join("run"));
    draw_classes(&data);
    succeed(&["train", "--data", path(&data), "--run", path(&run), "--phases", "1x32"]);
    let other = training(&["train", "--data", path(&data), "--run", path(&run), "--phases", "2x32"])
        .output()
        .expect("runs");
    assert!(!other.status.success());
    assert!(String::from_utf8_lossy(&other.stderr).contains("another configuration"));
}

#[test]
fn an_unusable_folder_is_explained() {
    let folder = tempfile::tempdir().expect("folder");
    let run = folder.path().join("run");
    let output =
        training(&["train", "--data", path(folder.path()), "--run", path(&run)]).output().expect("runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("one a class"));
}
