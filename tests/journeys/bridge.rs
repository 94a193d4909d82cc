//! The bridge between the page and the app: what it lets through, what it survives, and what the page shows when it is seen again.

use std::time::Duration;

use serde_json::json;

use crate::spots::keep_first;
use crate::window::Window;
use crate::{folder, lesion, mole};

/// Tells the page that it is seen, or seen no more, as a phone's system does.
pub fn seen(state: &str) -> String {
    format!(
        "Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }}); \
         document.dispatchEvent(new Event('visibilitychange'));"
    )
}

#[tokio::test]
async fn odd_messages_end_nothing() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    window
        .run(
            "for (const queue of window.__msg_queues) { \
               queue?.send({ nonsense: 1 }); queue?.send(null); queue?.send({ piece: { number: 'one' } }); \
               queue?.send({ piece: { number: 99, base64: 'AAAA' } }); queue?.send({ file: { number: 98, size: -1 } }); \
               queue?.send({ file: { number: 97, size: 12 } }); queue?.send({ unreadable: { number: 96 } }); \
             }",
        )
        .await;
    assert_eq!(
        (window.count(".notice").await, window.count(".working").await),
        (0, 0),
        "nobody asked for them"
    );
    window.choose("#choose", &mole(folder.path())).await;
    window.find("#viewport img").await;
    window.close().await;
}

#[tokio::test]
async fn a_photo_of_many_pieces_arrives_whole_and_one_that_is_empty_says_so() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    // More than three pieces, and not a whole number of them.
    let large = folder.path().join("large.png");
    let noise = image::RgbImage::from_fn(1500, 1100, |x, y| {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
        let [a, b, c, _] = mixed.to_le_bytes();
        image::Rgb([a, b, c])
    });
    noise.save(&large).expect("saved");
    assert!(std::fs::metadata(&large).expect("a file").len() > 4_600_000);
    window.choose("#choose", &large).await;
    window.find("#viewport img").await;
    window.press(crate::ESCAPE).await;
    let empty = folder.path().join("empty.jpg");
    std::fs::write(&empty, b"").expect("written");
    window.choose("#choose", &empty).await;
    window.wait_for_text(".notice", |text| text.contains("empty")).await;
    window.close().await;
}

#[tokio::test]
async fn a_photo_that_was_taken_while_the_app_was_ended_is_framed_at_its_next_start() {
    let folder = folder();
    let data = folder.path().join("data");
    let photos = data.join("photos");
    std::fs::create_dir_all(&photos).expect("folder");
    let taken = photos.join("JPEG_20261127_0900_1.jpg");
    lesion::drawn(400).save(&taken).expect("saved");
    let window = Window::open_agreed(&data).await;
    window.find("#viewport img").await;
    assert!(!taken.exists(), "it is deleted once it is read");
    window.close().await;
    let window = Window::open_agreed(&data).await;
    window.find("#choose").await;
    assert_eq!(window.count("#viewport").await, 0, "and opened once");
    window.close().await;
}

#[tokio::test]
async fn what_a_passphrase_protects_is_covered_until_the_page_is_drawn_again() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    let covered = "return document.documentElement.classList.contains('covered')";
    let beat = "return document.querySelector('.app').dataset.beat";
    window.run(&seen("hidden")).await;
    assert_eq!(window.run(covered).await, json!(false), "there is nothing to protect yet");
    keep_first(&window, &mole(folder.path()), "Arm").await;
    window.run(&seen("hidden")).await;
    assert_eq!(window.run(covered).await, json!(true));
    let before = window.run(beat).await;
    window.run(&seen("visible")).await;
    for tries in 0.. {
        if window.run(covered).await == json!(false) {
            break;
        }
        assert!(tries < 200, "it stays covered");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_ne!(window.run(beat).await, before, "the app has answered by a change of the page");
    // A beat that comes when nobody sees the page any more uncovers nothing, and what is seen meanwhile is paper.
    window.run(&seen("hidden")).await;
    window.run("document.querySelector('.app').dataset.beat = '999'; return true").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(window.run(covered).await, json!(true));
    let paper = "return getComputedStyle(document.documentElement).backgroundColor";
    assert_eq!(window.run(paper).await, json!("rgb(247, 244, 239)"));
    window.run(&seen("visible")).await;
    window.wait_for_text("h1", |title| title == "Arm").await;
    window.close().await;
}

#[tokio::test]
async fn text_can_be_cut_and_pasted_and_nothing_else_has_a_menu() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/backup']").await;
    window.find("#choose-passphrase-first").await;
    let kept = |css: &str| {
        format!(
            "const event = new MouseEvent('contextmenu', {{ bubbles: true, cancelable: true }}); \
             document.querySelector(\"{css}\").dispatchEvent(event); return !event.defaultPrevented"
        )
    };
    assert_eq!(window.run(&kept("#choose-passphrase-first")).await, json!(true));
    assert_eq!(window.run(&kept("h1")).await, json!(false));
    window.close().await;
}

#[tokio::test]
async fn a_screen_reader_goes_on_at_the_title_of_the_next_screen() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    for page in ["/settings", "/about/privacy"] {
        window.click(&format!("a[href='{page}']")).await;
        let mut focused = json!(null);
        for _ in 0..100 {
            focused = window.run("return document.activeElement.tagName").await;
            if focused == json!("H1") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(focused, json!("H1"), "{page}");
    }
    window.wait_for_text("h1", |title| title == "Privacy").await;
    window.close().await;
}
