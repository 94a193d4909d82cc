//! A user's ways through the real app, in its real window.

#![cfg(all(feature = "desktop", target_os = "linux"))]

use std::path::{Path, PathBuf};
use std::time::Instant;

use image::{Rgb, RgbImage};

#[path = "support/lesion.rs"]
mod lesion;
#[path = "support/shared.rs"]
mod shared;
#[path = "support/window.rs"]
mod window;
use window::Window;

const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("folder")
}

/// A real mole where there is one, else a drawn spot.
fn mole(folder: &Path) -> PathBuf {
    shared::shared("ham10000/square224/ISIC_0024320.jpg").unwrap_or_else(|| {
        let path = folder.join("spot.jpg");
        lesion::drawn(600).save(&path).expect("saved");
        path
    })
}

fn picture(folder: &Path, name: &str, pixels: &RgbImage) -> PathBuf {
    let path = folder.join(name);
    pixels.save(&path).expect("saved");
    path
}

/// Collects from now on what the page asks for outside its own channel, and what its policy refuses.
const WATCH: &str = "window.refused = []; document.addEventListener('securitypolicyviolation', \
    event => window.refused.push(event.effectiveDirective + ' ' + event.blockedURI));";

#[tokio::test]
async fn from_the_welcome_to_an_answer_and_back() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open(&data, &[]).await;
    window.run(WATCH).await;
    assert!(window.text("main").await.contains("no medical device"));
    window.click("#agree").await;

    window.choose("#choose", &mole(folder.path())).await;
    window.wait_for_text(".hint", |text| text.contains("well lit") || text.contains(':')).await;
    window.click("#assess").await;
    let triage = window.wait_for_text("#triage h2", |text| !text.is_empty()).await;
    let known = ["See a doctor soon", "Have it looked at", "Nothing suspicious seen", "Can't tell"];
    assert!(known.contains(&triage.as_str()), "{triage}");
    if triage != "Can't tell" {
        assert!(window.text("#risk").await.ends_with('%'));
        let photo = window.find("#crop").await.attr("src").await.expect("source");
        window.click("#saliency").await;
        window.find("#saliency[aria-pressed=true]").await;
        let looked = window.find("#crop").await.attr("src").await.expect("source");
        assert!(photo != looked, "the switch shows another picture");
    }

    window.click(".result .actions a").await;
    assert!(window.text("#figures").await.contains("Melanomas that get a warning"));
    window.press(ESCAPE).await;
    window.find("#triage").await;
    window.press(ESCAPE).await;
    window.find("#viewport").await;
    window.press(ESCAPE).await;
    assert!(window.wait_for_text(".checks", |text| text.contains(&triage)).await.contains(&triage));

    let requests = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    for request in window.run(requests).await.as_array().expect("a list") {
        let address = request.as_str().unwrap_or_default();
        assert!(["dioxus://", "data:"].iter().any(|own| address.starts_with(own)), "{address}");
    }
    assert_eq!(window.run("return window.refused").await, serde_json::json!([]));
    window.close().await;
    let kept: Vec<_> =
        std::fs::read_dir(&data).expect("data").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(kept, ["settings.json"], "the photo is nowhere on disk");
}

#[tokio::test]
async fn a_request_to_anywhere_is_refused() {
    let folder = folder();
    let window = Window::open_agreed(folder.path()).await;
    window.find("#choose").await;
    let tried = window
        .run_async(
            "const done = arguments[0]; const refused = [];\
             document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));\
             fetch('https://example.org/').catch(() => {}).then(() => {\
               const image = new Image(); image.src = 'https://example.org/x.png';\
               setTimeout(() => done(refused), 300);\
             });",
        )
        .await;
    assert_eq!(tried, serde_json::json!(["connect-src", "img-src"]));
    window.close().await;
}

#[tokio::test]
async fn files_that_are_no_photos_get_a_reason_and_the_app_goes_on() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let broken = folder.path().join("broken.jpg");
    std::fs::write(&broken, b"\xff\xd8\xff\xe0 and then nothing that makes sense").expect("written");
    window.choose("#choose", &broken).await;
    window.wait_for_text(".notice", |text| text.contains("damaged") || text.contains("cut off")).await;
    window.picture("home-error-light").await;
    window.click(".notice button").await;

    let text = folder.path().join("letter.jpg");
    std::fs::write(&text, b"Dear doctor").expect("written");
    window.choose("#choose", &text).await;
    window.wait_for_text(".notice", |text| text.contains("JPEG, PNG or WebP")).await;

    // Sparse: no disk is filled.
    let huge = folder.path().join("huge.jpg");
    std::fs::File::create(&huge).and_then(|file| file.set_len(150_000_000)).expect("made");
    window.choose("#choose", &huge).await;
    window.wait_for_text(".notice", |text| text.contains("100 MB")).await;

    window.choose("#choose", &mole(folder.path())).await;
    window.find("#viewport").await;
    window.close().await;
}

#[tokio::test]
async fn what_is_no_lesion_gets_advice_and_no_diagnosis() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let page = RgbImage::from_fn(800, 800, |x, y| {
        let ink = y % 40 < 22 && (x / 5 * 7 + y / 40 * 13) % 5 < 2;
        Rgb([if ink { 20 } else { 235 }; 3])
    });
    window.choose("#choose", &picture(folder.path(), "page.png", &page)).await;
    window.click("#assess").await;
    window.wait_for_text("#triage h2", |text| text == "Can't tell").await;
    window.picture("cannot-tell-light").await;
    assert_eq!(window.count("#risk").await, 0, "no risk is named");
    assert!(window.text(".result").await.contains("How to take a good photo"));
    window.close().await;
}

#[tokio::test]
async fn a_bad_photo_may_be_used_anyway_and_the_answer_says_so() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let sharp = image::open(mole(folder.path())).expect("picture").into_rgb8();
    let dark = RgbImage::from_fn(sharp.width(), sharp.height(), |x, y| {
        Rgb(sharp.get_pixel(x, y).0.map(|value| value / 4))
    });
    window.choose("#choose", &picture(folder.path(), "dark.png", &dark)).await;
    window.wait_for_text(".hint", |text| text.contains("Too dark")).await;
    window.picture("frame-fault-light").await;
    window.click("#assess-anyway").await;
    window.find("#triage").await;
    let text = window.text(".result").await;
    assert!(text.contains("Too dark"), "the result remembers it: {text}");
    assert!(!text.contains("Nothing suspicious seen"), "a bad photo never calms");
    window.close().await;
}

#[tokio::test]
async fn with_the_keyboard_alone() {
    let folder = folder();
    let window = Window::open(&folder.path().join("data"), &[]).await;
    window.find("#agree").await;
    window.press(TAB).await;
    window.press(ENTER).await;
    window.choose("#choose", &mole(folder.path())).await;
    let left = "return document.querySelector('#viewport img').style.left";
    window.find("#viewport img").await;
    window.run("document.querySelector('#viewport').focus()").await;
    window.press("+++").await;
    let before = window.run(left).await;
    window.press(RIGHT).await;
    for tries in 0.. {
        if window.run(left).await != before {
            break;
        }
        assert!(tries < 40, "an arrow key moves the photo");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.find("#assess").await;
    window.run("document.querySelector('#assess').focus()").await;
    window.press(ENTER).await;
    window.find("#triage").await;
    let focused = window.run("return document.activeElement.tagName").await;
    assert_eq!(focused, "H1", "a screen reader goes on at the new screen's title");
    window.close().await;
}

#[tokio::test]
async fn language_and_appearance_change_at_once_and_are_kept() {
    let folder = folder();
    let window = Window::open_agreed(folder.path()).await;
    window.click("a[href='/settings']").await;
    for (place, title) in [(3, "Einstellungen"), (4, "Ajustes"), (5, "Ajustes"), (2, "Settings")] {
        window.click(&format!(".settings section:nth-of-type(1) label:nth-of-type({place}) input")).await;
        window.wait_for_text("h1", |text| text == title).await;
    }
    window.click(".settings section:nth-of-type(1) label:nth-of-type(3) input").await;
    window.wait_for_text("h1", |text| text == "Einstellungen").await;
    window.click(".settings section:nth-of-type(2) label:nth-of-type(3) input").await;
    window.find(".app[data-appearance=dark]").await;
    assert_eq!(window.run("return document.documentElement.lang").await, "de");
    window.close().await;

    let window = Window::open(folder.path(), &[]).await;
    window.find(".app[data-appearance=dark]").await;
    window.wait_for_text(".start", |text| text.contains("Foto auswählen")).await;
    window.click("a[href='/settings']").await;
    window.click("#ask-delete").await;
    window.click("#delete").await;
    window.find("#agree").await;
    assert!(!folder.path().join("settings.json").exists(), "deleted from the disk, too");
    window.close().await;
}

#[tokio::test]
async fn every_screen_in_both_appearances() {
    let folder = folder();
    let window = Window::open(&folder.path().join("data"), &[]).await;
    window.find("#agree").await;
    window.picture("welcome-light").await;
    window.run("document.querySelector('.app').dataset.appearance = 'dark'").await;
    window.picture("welcome-dark").await;
    window.close().await;
    for appearance in ["light", "dark"] {
        let data = folder.path().join(appearance);
        std::fs::create_dir_all(&data).expect("folder");
        let settings = format!(r#"{{"consent":1,"language":"en","appearance":"{appearance}"}}"#);
        std::fs::write(data.join("settings.json"), settings).expect("settings");
        let window = Window::open(&data, &[]).await;
        let shot = |name: &str| format!("{name}-{appearance}");
        window.find("#choose").await;
        window.picture(&shot("home")).await;
        let spot = picture(folder.path(), "spot.jpg", &lesion::drawn(900));
        window.choose("#choose", &spot).await;
        window.find(".hint p").await;
        window.picture(&shot("frame")).await;
        window.click("#assess").await;
        window.find("#triage").await;
        window.picture(&shot("result")).await;
        window.run("window.scrollTo(0, 760)").await;
        window.picture(&shot("result-below")).await;
        window
            .run("document.querySelectorAll('details').forEach(d => d.open = true); window.scrollTo(0, 1500)")
            .await;
        window.picture(&shot("result-end")).await;
        window.click(".result .actions a").await;
        window.find("#figures").await;
        window.picture(&shot("learn")).await;
        window.run("document.querySelector('#figures').scrollIntoView()").await;
        window.picture(&shot("learn-figures")).await;
        for _ in 0..3 {
            window.press(ESCAPE).await;
        }
        window.find(".checks button").await;
        window.picture(&shot("home-checks")).await;
        window.click("a[href='/settings']").await;
        window.find("#ask-delete").await;
        window.picture(&shot("settings")).await;
        window.click("a[href='/about/model']").await;
        window.find(".document table").await;
        window.picture(&shot("about")).await;
        window.close().await;
    }
}

/// A camera where the kernel has none: a library that answers as a V4L2 device would, compiled once.
fn camera_shim() -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libcamera_shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/camera_shim.c");
    window::compile(&source, &library);
    library
}

/// The picture in YUYV, 640 x 480, as cheap cameras send it.
fn yuyv(pixels: &RgbImage) -> Vec<u8> {
    let pixels = image::imageops::resize(pixels, 640, 480, image::imageops::FilterType::Triangle);
    let yuv = |x: u32, y: u32| {
        let [r, g, b] = pixels.get_pixel(x, y).0.map(f32::from);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        [luma, (b - luma) * 0.564 + 128.0, (r - luma) * 0.713 + 128.0]
            .map(|value| value.clamp(0.0, 255.0) as u8)
    };
    let pairs = (0..480).flat_map(|y| (0..320).map(move |x| (2 * x, y)));
    pairs
        .flat_map(|(x, y)| {
            let ([left, u, v], [right, ..]) = (yuv(x, y), yuv(x + 1, y));
            [left, u, right, v]
        })
        .collect()
}

#[cfg(feature = "camera")]
#[tokio::test]
async fn the_camera_shows_what_it_sees_and_takes_it() {
    let folder = folder();
    let data = folder.path().join("data");
    let frame = folder.path().join("frame.yuyv");
    std::fs::write(&frame, yuyv(&lesion::drawn(900))).expect("written");
    let (shim, frame) = (camera_shim(), frame.to_string_lossy().into_owned());
    let window = Window::open_with(&data, &[shim], &[("SPOTCHECK_TEST_FRAME", &frame)]).await;
    window.click("#agree").await;
    window.click("a[href='/camera']").await;
    window.find("#live").await;
    // How often another picture is shown, over two seconds.
    let shown = window
        .run_async(
            "const done = arguments[0]; let count = 0;\
             new MutationObserver(changes => count += changes.length)\
               .observe(document.querySelector('#live'), { attributes: true, attributeFilter: ['src'] });\
             setTimeout(() => done(count), 2000);",
        )
        .await;
    println!("{} pictures in two seconds", shown);
    assert!(shown.as_u64() >= Some(10), "the picture is live: {shown}");
    window.picture("camera-light").await;
    window.click("#shutter").await;
    window.find("#viewport img").await;
    window.click("#assess").await;
    window.find("#triage").await;
    window.close().await;
}

#[cfg(feature = "camera")]
#[tokio::test]
async fn without_a_camera_or_with_a_busy_one_the_screen_says_so() {
    for (error, text) in [("", "No camera"), ("16", "Another program"), ("13", "may not use")] {
        let folder = folder();
        let data = folder.path().join("data");
        let window = match error {
            "" => Window::open(&data, &[]).await,
            error => {
                Window::open_with(&data, &[camera_shim()], &[("SPOTCHECK_TEST_CAMERA_ERROR", error)]).await
            }
        };
        window.click("#agree").await;
        window.click("a[href='/camera']").await;
        window.wait_for_text("#camera-error", |found| found.contains(text)).await;
        window.close().await;
    }
}

#[cfg(feature = "camera")]
#[tokio::test]
async fn pictures_from_files_stand_in_for_a_camera() {
    let folder = folder();
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(500));
    let environment = [("SPOTCHECK_CAMERA_FILES", spot.to_str().expect("path"))];
    let window = Window::open(&folder.path().join("data"), &environment).await;
    window.click("#agree").await;
    window.click("a[href='/camera']").await;
    window.find("#live").await;
    window.click("#shutter").await;
    window.find("#viewport img").await;
    window.close().await;
}

/// The page's source of axe-core, or `None`, with the reason printed: `./dev test` fetches it where there is npm.
fn axe() -> Option<String> {
    let path = std::env::var_os("SPOTCHECK_AXE");
    let source = path.and_then(|path| std::fs::read_to_string(path).ok());
    if source.is_none() {
        eprintln!("skipped: SPOTCHECK_AXE names no axe.min.js");
    }
    source
}

/// Fails on whatever axe-core calls serious or critical.
async fn assert_accessible(window: &Window, axe: &str, screen: &str) {
    window.run(axe).await;
    let found = window
        .run_async(
            "const done = arguments[0]; axe.run().then(\
               result => done(result.violations.filter(v => ['serious', 'critical'].includes(v.impact))\
                 .map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))),\
               error => done([String(error)]));",
        )
        .await;
    assert_eq!(found, serde_json::json!([]), "{screen}");
}

#[tokio::test]
async fn axe_finds_nothing_serious_on_any_screen() {
    let Some(axe) = axe() else { return };
    let folder = folder();
    for appearance in ["light", "dark"] {
        let data = folder.path().join(appearance);
        std::fs::create_dir_all(&data).expect("folder");
        let settings = format!(r#"{{"language":"en","appearance":"{appearance}"}}"#);
        std::fs::write(data.join("settings.json"), settings).expect("settings");
        let window = Window::open(&data, &[]).await;
        let check =
            async |screen: &str| assert_accessible(&window, &axe, &format!("{screen}, {appearance}")).await;
        window.find("#agree").await;
        check("welcome").await;
        window.click("#agree").await;
        window.find("#choose").await;
        check("home").await;
        window.click("a[href='/settings']").await;
        window.click("#ask-delete").await;
        check("settings").await;
        window.click("a[href='/about/model']").await;
        window.find(".document table").await;
        check("about").await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;
        window.choose("#choose", &picture(folder.path(), "spot.png", &lesion::drawn(700))).await;
        window.find(".hint p").await;
        check("frame").await;
        window.click("#assess").await;
        window.find("#triage").await;
        window.run("document.querySelectorAll('details').forEach(details => details.open = true)").await;
        check("result").await;
        window.click(".result .actions a").await;
        window.find("#figures").await;
        check("learn").await;
        for _ in 0..3 {
            window.press(ESCAPE).await;
        }
        window.find(".checks button").await;
        check("home with a check").await;
        let page = RgbImage::from_pixel(500, 500, Rgb([120, 200, 90]));
        window.choose("#choose", &picture(folder.path(), "green.png", &page)).await;
        window.click(".actions button").await;
        window.wait_for_text("#triage h2", |text| text == "Can't tell").await;
        check("can't tell").await;
        window.close().await;
    }
}

/// At the least width and with text at 200 %, nothing is cut off: no screen scrolls sideways.
#[tokio::test]
async fn narrow_and_with_large_text_nothing_is_cut_off() {
    let folder = folder();
    let window = Window::open(&folder.path().join("data"), &[]).await;
    let squeeze = "document.documentElement.style.fontSize = '200%'; document.body.style.width = '320px';";
    let too_wide = "return [...document.querySelectorAll('main *')].filter(element => \
        !element.closest('.viewport, .document, .visually-hidden') && element.getBoundingClientRect().right > 321)\
        .map(element => element.outerHTML.slice(0, 120))";
    let check = async |screen: &str| {
        window.run(squeeze).await;
        assert_eq!(window.run(too_wide).await, serde_json::json!([]), "{screen}");
        window.picture(&format!("large-text-{screen}")).await;
    };
    window.find("#agree").await;
    check("welcome").await;
    window.click("#agree").await;
    window.find("#choose").await;
    check("home").await;
    window.choose("#choose", &picture(folder.path(), "spot.png", &lesion::drawn(700))).await;
    window.find(".hint p").await;
    check("frame").await;
    window.click("#assess").await;
    window.find("#triage").await;
    check("result").await;
    window.click(".result .actions a").await;
    window.find("#figures").await;
    check("learn").await;
    window.close().await;
}

/// When a process was started, in milliseconds since 1970, and its resident memory, in MB.
fn process(id: &str) -> (f64, f64) {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{name}")).expect("proc");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    let up: f64 = read("uptime").split(' ').next().and_then(|seconds| seconds.parse().ok()).expect("uptime");
    let stat = read(&format!("{id}/stat"));
    let after_name = stat.rsplit(") ").next().expect("fields");
    // Field 22 of proc_pid_stat(5), in hundredths of a second since the start of the system.
    let ticks: f64 = after_name.split(' ').nth(19).and_then(|ticks| ticks.parse().ok()).expect("start");
    let status = read(&format!("{id}/status"));
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    (now.as_secs_f64() * 1000.0 - up * 1000.0 + ticks * 10.0, memory.expect("memory") / 1000.0)
}

/// What Feel promises, and what is stated in the README: printed. No bound, since another machine is another speed.
#[tokio::test]
#[ignore = "a measurement: ./dev measure"]
async fn start_preview_answer_memory_and_size() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let large =
        image::imageops::resize(&lesion::drawn(800), 4000, 3000, image::imageops::FilterType::CatmullRom);
    let photo = picture(folder.path(), "large.jpg", &large);
    window.find("#choose").await;
    let paint =
        "return performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime";
    let painted = window.run(paint).await.as_f64().expect("a time");
    let found = std::process::Command::new("pgrep").args(["-n", "-x", "spotcheck"]).output().expect("pgrep");
    let id = String::from_utf8_lossy(&found.stdout).trim().to_string();
    let start = Instant::now();
    window.choose("#choose", &photo).await;
    window.find("#viewport img").await;
    let preview = start.elapsed();
    window.find(".hint p").await;
    let start = Instant::now();
    window.click("#assess").await;
    window.find("#triage").await;
    let answer = start.elapsed();
    let (started, memory) = process(&id);
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_spotcheck")).expect("binary").len() as f64 / 1e6;
    println!("start to first paint: {:.0} ms", painted - started);
    println!("12 megapixels: preview after {preview:.2?}, answer {answer:.2?} after that");
    println!("memory of the app's process after that: {memory:.0} MB; binary: {size:.1} MB");
    window.close().await;
}
