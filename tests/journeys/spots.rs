//! Spots over time: kept under a passphrase, found again, compared, moved to another device, deleted.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

use crate::window::Window;
use crate::{ESCAPE, folder, lesion, mole, picture};

/// What protects the spots in these journeys: there is no key store on this screen's system.
pub const PASSPHRASE: &str = "a long passphrase";

/// Looks at a photo and keeps it as a new spot of this name, choosing [`PASSPHRASE`] on the way.
pub async fn keep_first(window: &Window, photo: &Path, name: &str) {
    window.choose("#choose", photo).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    keep_first_as_shown(window, name).await;
}

/// Keeps the answer that is shown as a new spot of this name, choosing [`PASSPHRASE`] on the way.
pub async fn keep_first_as_shown(window: &Window, name: &str) {
    window.click("#keep").await;
    window.type_into("#choose-passphrase-first", PASSPHRASE).await;
    window.type_into("#choose-passphrase-second", PASSPHRASE).await;
    window.click("#choose-passphrase").await;
    window.click("#body").await;
    window.find(".dot.chosen").await;
    window.type_into("#name", name).await;
    window.click("#save").await;
    window.wait_for_text("h1", |title| title == name).await;
}

/// Keeps another photo of the spot that is shown.
pub async fn keep_again(window: &Window, photo: &Path) {
    window.choose("#choose", photo).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#keep").await;
    window.find("input[name=spot]:checked").await;
    window.click("#bleeds").await;
    // It moves what is below.
    window.find(".warning").await;
    window.click("#save").await;
    window.find(".checks li:nth-child(2)").await;
}

/// Sets today as the day on which the spot that is shown is to be looked at again.
pub async fn due_today(window: &Window) {
    window.find("#look-again").await;
    window
        .run(
            "const day = document.querySelector('#look-again'); day.value = day.min; \
             day.dispatchEvent(new Event('change', { bubbles: true }));",
        )
        .await;
    window.find(".spot > .warning").await;
}

async fn unlock(window: &Window) {
    window.type_into("#unlock-text", PASSPHRASE).await;
    window.click("#unlock").await;
}

/// The one file in the folder for downloads that ends so.
fn handed_over(data: &Path, ending: &str) -> PathBuf {
    let files =
        std::fs::read_dir(data.join("downloads")).expect("downloads").flatten().map(|entry| entry.path());
    let found: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// The pages of a PDF, as another program draws them.
fn drawn_pages(report: &Path, folder: &Path) -> Vec<RgbImage> {
    let drawn = std::process::Command::new("pdftoppm")
        .args(["-r", "60", "-png"])
        .arg(report)
        .arg(folder.join("page"))
        .status()
        .expect("pdftoppm; ./dev test installs it");
    assert!(drawn.success());
    let files = std::fs::read_dir(folder).expect("folder").flatten().map(|entry| entry.path());
    let is_page =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("page-"));
    files.filter(is_page).map(|path| image::open(path).expect("a picture").into_rgb8()).collect()
}

#[tokio::test]
async fn a_kept_spot_is_there_after_a_restart_for_its_owner_alone() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    keep_first(&window, &mole(folder.path()), "Left shoulder").await;
    window.picture("spot-one-light").await;
    window.close().await;

    for entry in std::fs::read_dir(&data).expect("data").flatten() {
        let bytes = std::fs::read(entry.path()).expect("file");
        for secret in [&b"Left shoulder"[..], b"\xff\xd8\xff", b"melanoma", PASSPHRASE.as_bytes()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{:?} holds {secret:?}", entry.path());
        }
    }

    let window = Window::open_agreed(&data).await;
    window.find("#unlock").await;
    assert!(!window.text("main").await.contains("Left shoulder"));
    window.type_into("#unlock-text", "another passphrase").await;
    window.click("#unlock").await;
    window.wait_for_text(".notice", |text| text.contains("passphrase is wrong")).await;
    window.dismiss().await;
    unlock(&window).await;
    window.click("a.check").await;
    window.find("#triage").await;
    let address = window
        .find("#crop[src^='/picture/kept/']")
        .await
        .attr("src")
        .await
        .expect("an address")
        .expect("one");
    assert_eq!(window.fetched(&address).await, serde_json::json!([200, "no-store"]));
    let is_drawn = "const done = arguments[0]; const crop = document.querySelector('#crop');\
        const ask = () => crop.complete && crop.naturalWidth > 0 ? done(crop.naturalWidth) : setTimeout(ask, 20); ask();";
    assert_eq!(window.run_async(is_drawn).await, serde_json::json!(480));
    window.click(".to-spot").await;
    window.wait_for_text("h1", |title| title == "Left shoulder").await;
    // Whoever knows an address gets nothing while the archive is locked.
    window.press(crate::ESCAPE).await;
    window.press(crate::ESCAPE).await;
    window.click("#spots").await;
    window.click("#lock").await;
    window.find("#unlock").await;
    assert_eq!(window.fetched(&address).await, serde_json::json!([404, "no-store"]));
    window.close().await;
}

#[tokio::test]
async fn two_checks_are_compared_and_told_to_the_doctor_and_the_calendar() {
    let folder = folder();
    let data = folder.path().join("data");
    let small = lesion::drawn(800);
    // The same spot, larger in the picture: as if it had grown.
    let grown = image::imageops::crop_imm(&small, 80, 80, 640, 640).to_image();
    let window = Window::open_agreed(&data).await;
    keep_first(&window, &picture(folder.path(), "small.png", &small), "Arm").await;
    keep_again(&window, &picture(folder.path(), "grown.png", &grown)).await;
    window.click("#compare").await;
    window.find("#beside img").await;
    let changes = window.wait_for_text("#changes", |text| text.contains("Size in the picture")).await;
    let area =
        changes.lines().skip_while(|line| !line.contains("Size in the picture")).take(3).collect::<Vec<_>>();
    assert!(area.join(" ").contains("more"), "{changes}");
    window.picture("compare-light").await;
    window.click("#sliding").await;
    window.find("#over .edge").await;
    window.press(crate::ESCAPE).await;

    window.click("#report").await;
    window.wait_for_text(".notice", |text| text.contains("spotcheck.pdf")).await;
    let pages = drawn_pages(&handed_over(&data, "pdf"), folder.path());
    assert_eq!(pages.len(), 2, "one page a check");
    for page in pages {
        let share = |wanted: &dyn Fn(&Rgb<u8>) -> bool| {
            page.pixels().filter(|pixel| wanted(pixel)).count() as f64
                / f64::from(page.width() * page.height())
        };
        assert!(share(&|pixel| pixel.0 == [255; 3]) > 0.5, "paper");
        // Letters on paper: dark, and no colour.
        let grey = |pixel: &Rgb<u8>| {
            pixel.0.iter().max().zip(pixel.0.iter().min()).is_some_and(|(most, least)| most - least < 12)
        };
        assert!(share(&|pixel| pixel.0[0] < 120 && grey(pixel)) > 0.01, "text");
        assert!(share(&|pixel| pixel.0[0] > pixel.0[2].saturating_add(40)) > 0.02, "the photo of skin");
    }
    window.click("#calendar").await;
    window.wait_for_text(".notice", |text| text.contains("spotcheck.ics")).await;
    let calendar = std::fs::read_to_string(handed_over(&data, "ics")).expect("calendar");
    assert!(calendar.contains("BEGIN:VEVENT") && !calendar.contains("Arm"));
    window.close().await;
}

#[tokio::test]
async fn locked_exported_deleted_and_brought_back() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    keep_first(&window, &mole(folder.path()), "Knee").await;
    window.press(crate::ESCAPE).await;
    window.click("#spots").await;
    window.find(".dot").await;
    window.click("#lock").await;
    window.find("#unlock").await;
    unlock(&window).await;
    window.find(".dot").await;
    window.press(crate::ESCAPE).await;

    window.click("a[href='/settings']").await;
    window.click("a[href='/backup']").await;
    window.type_into("#export-first", "for the backup").await;
    window.type_into("#export-second", "for the backup").await;
    window.click("#export").await;
    window.wait_for_text(".notice", |text| text.contains("spotcheck.age")).await;
    window.dismiss().await;
    let backup = folder.path().join("moved.age");
    std::fs::rename(handed_over(&data, "age"), &backup).expect("moved");

    window.press(crate::ESCAPE).await;
    window.click("#ask-delete").await;
    window.click("#delete").await;
    window.find("#agree").await;
    assert!(!data.join("archive.redb").exists() && !data.join("archive.vault").exists());

    window.click("#agree").await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/backup']").await;
    window.type_into("#choose-passphrase-first", PASSPHRASE).await;
    window.type_into("#choose-passphrase-second", PASSPHRASE).await;
    window.click("#choose-passphrase").await;
    let no_backup = folder.path().join("photo.age");
    std::fs::write(&no_backup, b"no backup at all").expect("written");
    window.choose("#backup-file", &no_backup).await;
    window.type_into("#import-text", "for the backup").await;
    window.click("#import").await;
    window.wait_for_text(".notice", |text| text.contains("no Spotcheck backup")).await;
    window.choose("#backup-file", &backup).await;
    window.type_into("#import-text", "not the right one").await;
    window.click("#import").await;
    window.wait_for_text(".notice", |text| text.contains("does not open")).await;
    window.type_into("#import-text", "for the backup").await;
    window.click("#import").await;
    window.wait_for_text(".notice", |text| text.contains("Spots: 1, checks: 1")).await;
    assert!(
        !std::fs::read_dir(&data)
            .expect("data")
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("arriving")),
        "what arrived is deleted"
    );
    window.dismiss().await;
    window.press(crate::ESCAPE).await;
    window.press(crate::ESCAPE).await;
    window.click("a.check").await;
    window.find("#triage").await;
    window.click("#ask-delete").await;
    window.click("#delete").await;
    window.click("#spots").await;
    window.find(".checks a.unsure").await;
    assert!(window.text(".checks").await.contains("Knee"), "the spot stays without its check");
    window.close().await;
}

#[tokio::test]
async fn only_who_knows_the_passphrase_changes_it() {
    const NEW: &str = "quite another one";
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    keep_first(&window, &mole(folder.path()), "Knee").await;
    window.press(crate::ESCAPE).await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/lock']").await;
    window.type_into("#confirm-text", NEW).await;
    window.click("#confirm").await;
    window.wait_for_text(".notice", |text| text.contains("passphrase is wrong")).await;
    window.dismiss().await;
    assert_eq!(window.count("#set-passphrase").await, 0);
    window.type_into("#confirm-text", PASSPHRASE).await;
    window.click("#confirm").await;
    window.type_into("#set-passphrase-first", NEW).await;
    window.type_into("#set-passphrase-second", NEW).await;
    window.click("#set-passphrase").await;
    window.wait_for_text(".notice", |text| text.contains("passphrase is set")).await;
    window.dismiss().await;
    window.find("#confirm").await;

    window.click("#lock").await;
    unlock(&window).await;
    window.wait_for_text(".notice", |text| text.contains("passphrase is wrong")).await;
    window.dismiss().await;
    window.type_into("#unlock-text", NEW).await;
    window.click("#unlock").await;
    window.find("#confirm").await;
    window.close().await;
}

#[tokio::test]
async fn what_is_no_lesion_can_be_kept_too_and_a_cancelled_photo_is_forgotten() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let green = RgbImage::from_pixel(500, 500, Rgb([120, 200, 90]));
    window.choose("#choose", &picture(folder.path(), "green.png", &green)).await;
    window.click("#assess-anyway").await;
    window.wait_for_text("#triage h2", |text| text == "Can't tell").await;
    window.click("#keep").await;
    window.find("#choose-passphrase").await;
    // Too short, then unlike.
    window.type_into("#choose-passphrase-first", "short").await;
    window.type_into("#choose-passphrase-second", "short").await;
    window.click("#choose-passphrase").await;
    window.wait_for_text(".fault", |text| text.contains("8 characters")).await;
    window.type_into("#choose-passphrase-first", PASSPHRASE).await;
    window.type_into("#choose-passphrase-second", "something else").await;
    window.click("#choose-passphrase").await;
    window.wait_for_text(".fault", |text| text.contains("not alike")).await;
    window.close().await;
}

/// A JPEG whose camera noted this time, `2023:05:31 09:26:53`.
pub fn taken(time: &str, pixels: &image::RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode_image(pixels).expect("encoded");
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat()
    };
    // The main directory leads to another one, whose one entry leads to the time after it.
    let exif = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08",
        &1_u16.to_be_bytes()[..],
        &entry(0x8769, 4, 1, 26),
        &[0; 4],
        &1_u16.to_be_bytes(),
        &entry(0x9003, 2, 20, 44),
        &[0; 4],
        time.as_bytes(),
        &[0],
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[tokio::test]
async fn earlier_photos_become_checks_of_their_days() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let pixels = crate::lesion::drawn(500);
    keep_first(&window, &mole(folder.path()), "Knee").await;
    let file = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let (spring, autumn) = ("2023:05:31 09:26:53", "2021:10:02 18:00:00");
    let undated = crate::picture(folder.path(), "undated.png", &pixels).display().to_string();
    let files = [
        file("spring.jpg", taken(spring, &pixels)),
        file("broken.jpg", b"no photo at all".to_vec()),
        undated,
        file("autumn.jpg", taken(autumn, &pixels)),
        file("spring again.jpg", taken(spring, &pixels)),
    ];
    window.choose_all("#earlier", &files).await;
    let told = window.wait_for_text(".notice", |text| text.contains("kept: 2")).await;
    for part in ["already: 1", "was taken: 1", "read or kept: 1"] {
        assert!(told.contains(part), "{told}");
    }
    window.dismiss().await;
    let listed = window.text(".checks ul").await;
    let places = ["31 May 2023", "2 Oct 2021"].map(|day| listed.find(day).expect(day));
    assert!(places[0] < places[1], "the newest first: {listed}");
    assert_eq!(window.count(".checks li").await, 3);
    window.close().await;
}

#[tokio::test]
async fn earlier_photos_of_several_spots_are_sorted_one_by_one() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let pixels = crate::lesion::drawn(500);
    keep_first(&window, &mole(folder.path()), "Knee").await;
    window.press(ESCAPE).await;
    window.click("#spots").await;
    let file = |name: &str, day: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, taken(day, &pixels)).expect("written");
        path.display().to_string()
    };
    let files = [
        file("spring.jpg", "2023:05:31 09:26:53"),
        file("autumn.jpg", "2021:10:02 18:00:00"),
        file("winter.jpg", "2020:01:07 12:00:00"),
        file("other.jpg", "2019:01:07 12:00:00"),
    ];
    window.choose_all("#earlier", &files).await;
    // One is of a spot that is known,
    window.wait_for_text(".keep-what", |text| text.contains("31 May 2023") && text.contains("come: 3")).await;
    window.click(".choice:has(img) input[name=spot]").await;
    window.click("#sort:enabled").await;
    // one of a new spot,
    window.wait_for_text(".keep-what", |text| text.contains("2 Oct 2021")).await;
    window.click("#body").await;
    window.find(".dot.chosen").await;
    window.type_into("#name", "Shoulder").await;
    window.click("#sort:enabled").await;
    // one is of none, and what comes after that one is of no interest.
    window.wait_for_text(".keep-what", |text| text.contains("7 Jan 2020")).await;
    window.click("#leave-out").await;
    window.wait_for_text(".keep-what", |text| text.contains("7 Jan 2019")).await;
    window.click("#end-sorting").await;
    window.wait_for_text(".notice", |text| text.contains("kept: 2") && text.contains("out: 2")).await;
    window.dismiss().await;
    window.click("#sorted").await;
    let listed = window.wait_for_text(".checks", |text| text.contains("Shoulder")).await;
    assert!(listed.contains("Knee") && listed.contains("2 Oct 2021"), "{listed}");
    window.close().await;
}
