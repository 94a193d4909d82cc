//! Ways in besides the chooser: a photo dropped or pasted; and the way back while one is being read.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::RgbImage;

use crate::window::Window;
use crate::{folder, mole};

/// A script that gives the file to the page inside a `DataTransfer` called `data`, and does `event` with it.
fn with_file(file: &Path, event: &str) -> String {
    let content = BASE64_STANDARD.encode(std::fs::read(file).expect("file"));
    format!(
        "const bytes = Uint8Array.from(atob('{content}'), letter => letter.charCodeAt(0)); \
         const data = new DataTransfer(); \
         data.items.add(new File([bytes], 'spot.jpg', {{ type: 'image/jpeg' }})); {event}"
    )
}

#[tokio::test]
async fn a_dropped_photo_is_framed() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    let drop = "document.body.dispatchEvent(new DragEvent('drop', \
        { dataTransfer: data, bubbles: true, cancelable: true }));";
    window.run(&with_file(&mole(folder.path()), drop)).await;
    window.find("#viewport img").await;
    window.close().await;
}

#[tokio::test]
async fn a_pasted_photo_is_framed_and_pasted_text_is_not() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    window
        .run(
            "const data = new DataTransfer(); data.setData('text/plain', 'no photo'); \
             document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));",
        )
        .await;
    // Text that is pasted is nobody's mistake.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!((window.count(".notice").await, window.count(".working").await), (0, 0));
    let paste =
        "document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));";
    window.run(&with_file(&mole(folder.path()), paste)).await;
    window.find("#viewport img").await;
    window.close().await;
}

#[tokio::test]
async fn while_a_photo_is_read_one_can_go_back() {
    let folder = folder();
    // Large enough that reading it takes a person's time.
    let large = folder.path().join("large.jpg");
    RgbImage::from_fn(10_000, 9_000, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, ((x ^ y) % 239) as u8])
    })
    .save(&large)
    .expect("saved");
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.choose("#choose", &large).await;
    window.click("#cancel").await;
    // The page may still be busy with the photo that nobody wants any more.
    for tries in 0.. {
        if window.count(".working").await == 0 {
            break;
        }
        assert!(tries < 200, "cancelled, and nothing is waited for");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // What was cancelled was first in the queue: when the next photo is framed, its answer has long come.
    window.find("#choose").await;
    window.choose("#choose", &mole(folder.path())).await;
    window.find("#viewport img").await;
    let size = "const image = document.querySelector('#viewport img'); return image.naturalWidth / image.naturalHeight";
    let ratio = window.run(size).await.as_f64().expect("a ratio");
    assert!((ratio - 1.0).abs() < 0.01, "the small one is shown, not the cancelled one: {ratio}");
    window.press(crate::ESCAPE).await;
    window.find("#choose").await;
    window.close().await;
}

#[tokio::test]
async fn a_photo_in_a_format_that_only_the_webview_reads_is_framed() {
    let folder = folder();
    let avif = folder.path().join("spot.avif");
    crate::lesion::drawn(300).save(&avif).expect("saved");
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.choose("#choose", &avif).await;
    window.find("#viewport img").await;
    // What only calls itself so is explained as before.
    window.press(crate::ESCAPE).await;
    let broken = folder.path().join("broken.avif");
    std::fs::write(&broken, b"\0\0\0\x1cftypheic and nothing more").expect("written");
    window.choose("#choose", &broken).await;
    window.wait_for_text(".notice", |text| text.contains("JPEG, PNG, WebP")).await;
    window.close().await;
}

/// A phone that is short of memory leaves the canvas empty without an error: a black photo must not come of it.
#[tokio::test]
async fn a_photo_that_the_webview_fails_to_draw_is_not_framed_in_black() {
    let folder = folder();
    let avif = folder.path().join("spot.avif");
    crate::lesion::drawn(300).save(&avif).expect("saved");
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.run("CanvasRenderingContext2D.prototype.drawImage = () => {}").await;
    window.choose("#choose", &avif).await;
    window.wait_for_text(".notice", |text| text.contains("JPEG, PNG, WebP")).await;
    window.close().await;
}
