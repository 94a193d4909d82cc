//! A user's ways through the real app, in its real window.

#![cfg(all(feature = "desktop", target_os = "linux"))]

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

mod accessibility;
mod arrivals;
mod bridge;
#[cfg(feature = "camera")]
mod camera;
mod key_store;
mod learning;
mod measure;
mod network;
#[cfg(feature = "packs")]
mod packs;
mod people;
mod screens;
mod share;
mod size;
mod spots;

#[path = "../support/lesion.rs"]
mod lesion;
#[path = "../support/shared.rs"]
mod shared;
#[path = "../support/window.rs"]
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
    window.click("#assess:enabled").await;
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

    window.click(".result a[href='/learn']").await;
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
        assert!(address.starts_with("dioxus://"), "{address}");
    }
    assert_eq!(window.run("return window.refused").await, serde_json::json!([]));
    window.close().await;
    let kept = std::fs::read_dir(&data).expect("data").flatten().map(|entry| entry.file_name());
    // The lock is empty.
    let kept: Vec<_> = kept.filter(|name| name != "archive.lock").collect();
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
               const own = new Image(); own.src = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';\
               setTimeout(() => done(refused), 300);\
             });",
        )
        .await;
    assert_eq!(tried, serde_json::json!(["connect-src", "img-src", "img-src"]));
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
    window.dismiss().await;

    let text = folder.path().join("letter.jpg");
    std::fs::write(&text, b"Dear doctor").expect("written");
    window.choose("#choose", &text).await;
    window.wait_for_text(".notice", |text| text.contains("JPEG, PNG, WebP")).await;

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
        // Blue ink on yellowish paper: what has no colour is turned away for that.
        Rgb(if ink { [20, 30, 120] } else { [240, 232, 205] })
    });
    window.choose("#choose", &picture(folder.path(), "page.png", &page)).await;
    window.click("#assess:enabled").await;
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
    window.find("#assess:enabled").await;
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
