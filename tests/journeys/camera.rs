//! The camera: the desktop's, by a library that answers as a V4L2 device would, and the page's, by a script that answers as a device would.

use std::path::{Path, PathBuf};

use image::RgbImage;
use serde_json::json;

use crate::window::Window;
use crate::{folder, lesion, picture, window};

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

#[tokio::test]
async fn the_camera_shows_what_it_sees_and_takes_it() {
    let folder = folder();
    let data = folder.path().join("data");
    let frame = folder.path().join("frame.yuyv");
    std::fs::write(&frame, yuyv(&lesion::drawn(900))).expect("written");
    by_itself(&data, false);
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
    window.click("#assess:enabled").await;
    window.find("#triage").await;
    window.close().await;
}

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

#[tokio::test]
async fn pictures_from_files_stand_in_for_a_camera() {
    let folder = folder();
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(500));
    let environment = [("SPOTCHECK_CAMERA_FILES", spot.to_str().expect("path"))];
    let data = folder.path().join("data");
    by_itself(&data, false);
    let window = Window::open(&data, &environment).await;
    window.click("#agree").await;
    window.click("a[href='/camera']").await;
    window.find("#live").await;
    window.click("#shutter").await;
    window.find("#viewport img").await;
    window.close().await;
}

/// A device for the page's camera, where the WebView has none: what the script asks of it is answered by a canvas.
const DEVICE: &str = "
    const scene = document.createElement('canvas');
    scene.width = 800; scene.height = 600;
    const context = scene.getContext('2d');
    for (let y = 0; y < 600; y += 3) for (let x = 0; x < 800; x += 3) {
      const inside = Math.hypot(x - 400, y - 300) < 120, grain = (x * 7 + y * 13) % 40;
      context.fillStyle = inside ? `rgb(${90 + grain}, ${50 + grain}, ${40 + grain})` : `rgb(${200 + grain}, ${160 + grain}, ${140 + grain})`;
      context.fillRect(x, y, 3, 3);
    }
    window.scene = scene; window.stopped = 0;
    const track = { stop() { window.stopped += 1; }, addEventListener() {}, getCapabilities: () => ({ torch: true }),
      applyConstraints: async (wanted) => { window.lit = wanted.advanced[0].torch; } };
    const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
    const own = (target, name, property) => Object.defineProperty(target, name, { configurable: true, ...property });
    own(navigator, 'mediaDevices', { value: { getUserMedia: async () => {
      if (window.refusal) throw new DOMException('', window.refusal);
      return stream;
    } } });
    own(HTMLMediaElement.prototype, 'srcObject', { set() {}, get() { return null; } });
    own(HTMLMediaElement.prototype, 'play', { value: async () => {} });
    own(HTMLVideoElement.prototype, 'videoWidth', { get: () => 800 });
    own(HTMLVideoElement.prototype, 'videoHeight', { get: () => 600 });
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (source, ...rest) {
      return draw.call(this, source instanceof HTMLVideoElement ? window.scene : source, ...rest);
    };
    return true;";

/// Whether photos are taken by themselves is set before the start: a click might come too late.
fn by_itself(data: &Path, auto_shot: bool) {
    std::fs::create_dir_all(data).expect("folder");
    let settings = format!(r#"{{ "version": 1, "auto_shot": {auto_shot} }}"#);
    std::fs::write(data.join("settings.json"), settings).expect("written");
}

async fn with_page_camera(data: &Path) -> Window {
    let window = Window::open(data, &[("SPOTCHECK_PAGE_CAMERA", "1")]).await;
    window.click("#agree").await;
    window.find("#choose").await;
    window.run(DEVICE).await;
    window
}

#[tokio::test]
async fn the_pages_camera_takes_a_sharp_and_still_photo_by_itself() {
    let folder = folder();
    let data = folder.path().join("data");
    by_itself(&data, true);
    let window = with_page_camera(&data).await;
    window.click("a[href='/camera']").await;
    window.find("#viewport img").await;
    assert_eq!(window.run("return window.stopped").await, json!(1), "the camera is off on another screen");
    window.close().await;
}

#[tokio::test]
async fn the_pages_camera_says_what_is_wrong_and_is_off_while_nobody_sees_it() {
    let folder = folder();
    let data = folder.path().join("data");
    by_itself(&data, false);
    let window = with_page_camera(&data).await;
    window.click("a[href='/camera']").await;
    window.wait_for_text(".hint", |text| text.contains("Sharp")).await;
    window.click("#torch").await;
    window
        .run("const c = window.scene.getContext('2d'); c.fillStyle = '#111'; c.fillRect(0, 0, 800, 600); return true")
        .await;
    window.wait_for_text(".hint", |text| text.contains("Too dark")).await;
    assert_eq!(window.run("return window.lit").await, json!(true));
    window.run(&crate::bridge::seen("hidden")).await;
    assert_eq!(window.run("return window.stopped").await, json!(1));
    window.run(&crate::bridge::seen("visible")).await;
    window.click("#shutter").await;
    window.find("#viewport img").await;
    window.close().await;
}

#[tokio::test]
async fn why_the_page_has_no_camera_is_said_with_the_ways_out() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = with_page_camera(&data).await;
    for (error, text) in [
        ("NotAllowedError", "may not use"),
        ("NotFoundError", "No camera"),
        ("NotReadableError", "Another program"),
        ("TypeError", "failed"),
    ] {
        window.run(&format!("window.refusal = '{error}'; return true")).await;
        window.click("a[href='/camera']").await;
        window.wait_for_text("#camera-error", |found| found.contains(text)).await;
        assert_eq!((window.count("#system-camera").await, window.count("#instead").await), (1, 1), "{error}");
        window.press(crate::ESCAPE).await;
        window.find("#choose").await;
    }
    window.close().await;
}
