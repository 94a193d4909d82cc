//! The desktop's camera, by a library that answers as a V4L2 device would.

use std::path::{Path, PathBuf};

use image::RgbImage;

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
    let window = Window::open(&folder.path().join("data"), &environment).await;
    window.click("#agree").await;
    window.click("a[href='/camera']").await;
    window.find("#live").await;
    window.click("#shutter").await;
    window.find("#viewport img").await;
    window.close().await;
}
