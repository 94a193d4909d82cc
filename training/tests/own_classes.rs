//! From a folder of class folders to weights that the app loads, and a run that survives a kill.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use serde_json::Value;

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
    let loaded = spotcheck::network::model::Model::load(&model, &Device::flex()).expect("the app loads it");
    let classes: Vec<(&str, bool)> =
        loaded.card().classes.iter().map(|class| (&*class.key, class.malignant)).collect();
    assert_eq!(classes, [("spot", true), ("stripe", false)]);
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
