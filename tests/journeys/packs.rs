//! Models from files: compared, installed, refused, gone back from, and looking again with a new one.

use std::path::{Path, PathBuf};
use std::process::Command;

use spotpack::{
    ConfirmedKey, Contents, Draft, Files, Manifest, Pack, Policy, Revocation, SigningKey, TrustStore,
    Versions,
};

use crate::spots::{PASSPHRASE, keep_first};
use crate::window::Window;
use crate::{ESCAPE, folder, lesion, picture};

/// Somebody who makes packs.
struct Publisher {
    folder: PathBuf,
    key: SigningKey,
    first: Vec<u8>,
}

impl Publisher {
    /// One who has made the first version of a pack from the app's own weights.
    fn new(folder: &Path, name: &str) -> Self {
        let key = SigningKey::generate().expect("a key");
        let secret = folder.join(format!("{name}.key"));
        std::fs::write(&secret, key.to_text().expect("text")).expect("written");
        let (spot, first) =
            (picture(folder, "known.png", &lesion::drawn(400)), folder.join(format!("{name}.spotpack")));
        let made = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
            .args(["pack", "make", concat!(env!("CARGO_MANIFEST_DIR"), "/models")])
            .arg(spot)
            .args(["--version", "1", "--publisher", name, "--date", "2026-03-31", "--key"])
            .arg(secret)
            .arg("--to")
            .arg(&first)
            .output()
            .expect("spotcheck runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { folder: folder.into(), key, first: std::fs::read(first).expect("the pack") }
    }

    /// The beginning of the key's fingerprint, as a person would type it.
    fn four_groups(&self) -> String {
        self.key.public().expect("a key").fingerprint().grouped()[..19].into()
    }

    /// Another pack with what `change` makes of the first.
    fn pack(&self, name: &str, change: impl FnOnce(&mut Manifest, &mut Contents<'_>)) -> PathBuf {
        let key = self.key.public().expect("a key");
        let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("its own");
        let policy = Policy { test_keys: false, foreign_keys: true };
        let trust = TrustStore::without_project(policy).with_confirmed([confirmed]);
        let pack = Pack::from_bytes(&self.first, &trust).expect("a pack");
        let (mut manifest, mut contents) = (pack.signed().manifest().clone(), pack.into_contents());
        change(&mut manifest, &mut contents);
        manifest.files = Files::of(&contents);
        let path = self.folder.join(name).with_extension("spotpack");
        let mut file = std::fs::File::create(&path).expect("made");
        Draft::new(&manifest, contents, key).expect("drafted").sign(&self.key, &mut file).expect("signed");
        path
    }

    /// A later version under another name, which its card has, too.
    fn later(&self, version: u32) -> PathBuf {
        self.pack(&format!("version-{version}"), |manifest, contents| {
            let name = format!("lite0-later-{version}");
            let card = std::str::from_utf8(&contents.card).expect("JSON").replace(&manifest.name, &name);
            contents.card = card.into_bytes().into();
            (manifest.name, manifest.version) = (name, version);
        })
    }

    /// The first pack with one byte of its weights changed.
    fn tampered(&self) -> PathBuf {
        let mut bytes = self.first.clone();
        let at = bytes.len() - 5_000;
        bytes[at] ^= 1;
        let path = self.folder.join("tampered.spotpack");
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

/// Goes to the model from the first screen, choosing [`PASSPHRASE`] where there is no archive yet.
async fn go_to_model(window: &Window) {
    window.click("a[href='/settings']").await;
    window.click("#model").await;
    window.find("#model-in-use").await;
}

async fn choose_passphrase(window: &Window) {
    window.type_into("#choose-passphrase-first", PASSPHRASE).await;
    window.type_into("#choose-passphrase-second", PASSPHRASE).await;
    window.click("#choose-passphrase").await;
}

/// Compares the fingerprint of the pack that was opened.
async fn trust(window: &Window, publisher: &Publisher) {
    window.find("#stranger").await;
    window.type_into("#fingerprint-first", &publisher.four_groups()).await;
    window.click("#fingerprint-same").await;
    window.click("#trust-key:enabled").await;
}

/// Opens a pack that is refused, and closes the notice that says why.
async fn refused(window: &Window, pack: &Path, why: &str) {
    window.choose("#pack-file", pack).await;
    window.wait_for_text(".notice", |text| text.contains(why)).await;
    window.dismiss().await;
    window.find("#model-in-use").await;
}

async fn assess(window: &Window, photo: &Path) {
    window.choose("#choose", photo).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.find("#triage").await;
}

#[tokio::test]
async fn a_strangers_model_is_compared_installed_labelled_and_gone_back_from() {
    let folder = folder();
    let publisher = Publisher::new(folder.path(), "Skin lab");
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    go_to_model(&window).await;
    choose_passphrase(&window).await;
    window.find("#pack-file").await;
    let own = window.text("#model-in-use dd").await;

    window.choose("#pack-file", &publisher.later(2)).await;
    window.find("#stranger").await;
    window.picture("model-stranger-light").await;
    // Nothing is trusted that was not compared.
    assert_eq!(window.count("#trust-key:enabled").await, 0);
    window.click("#fingerprint-same").await;
    window.type_into("#fingerprint-first", "0000 0000 0000 0000").await;
    window.click("#trust-key:enabled").await;
    window.wait_for_text("#stranger .fault", |text| text.contains("not how")).await;
    window.type_into("#fingerprint-first", &publisher.four_groups()).await;
    window.click("#trust-key").await;
    let compared = window.wait_for_text("#compare-models", |text| text.contains("this file:")).await;
    assert!(compared.contains("Whether they are the same pictures"), "{compared}");
    window.picture("model-compare-light").await;
    // Leaving it changes nothing.
    window.click("#leave-model").await;
    assert_eq!(window.text("#model-in-use dd").await, own);

    window.choose("#pack-file", &publisher.later(2)).await;
    trust(&window, &publisher).await;
    window.click("#use-model").await;
    window.wait_for_text(".notice", |text| text.contains("lite0-later-2")).await;
    window.dismiss().await;
    let facts = window.text("#model-in-use").await;
    assert!(facts.contains("lite0-later-2") && facts.contains("Skin lab"), "{facts}");
    window.picture("model-light").await;
    window.press(ESCAPE).await;
    window.press(ESCAPE).await;
    assess(&window, &picture(folder.path(), "spot.png", &lesion::drawn(700))).await;
    let label = window.text("#triage .foreign").await;
    assert!(label.contains("Skin lab") && label.contains(&publisher.four_groups()), "{label}");
    assert!(window.text(".footer").await.contains("lite0-later-2"));
    window.close().await;

    // It answers after a restart, too, while nothing is unlocked.
    let window = Window::open_agreed(&data).await;
    go_to_model(&window).await;
    window.wait_for_text("#model-in-use", |text| text.contains("lite0-later-2")).await;
    window.type_into("#unlock-text", PASSPHRASE).await;
    window.click("#unlock").await;
    window.click("#model-to-own").await;
    window.wait_for_text(".notice", |text| text.contains(&own)).await;
    window.dismiss().await;
    // And forth again.
    window.click("#model-before").await;
    window.wait_for_text(".notice", |text| text.contains("lite0-later-2") && text.contains("Skin lab")).await;
    window.dismiss().await;
    // Trust is taken back.
    window.wait_for_text("#trusted-keys", |text| text.contains(&publisher.four_groups())).await;
    window.click(".distrust").await;
    window.wait_for_text(".notice", |text| text.contains(&own)).await;
    window.dismiss().await;
    window.wait_for_text("#model-in-use", |text| text.contains("Part of the app")).await;
    assert_eq!(window.count("#trusted-keys").await + window.count("#model-before").await, 0);
    window.choose("#pack-file", &publisher.later(3)).await;
    window.find("#stranger").await;
    window.close().await;
}

#[tokio::test]
async fn what_must_not_be_used_is_refused_with_the_reason_and_the_model_stays() {
    let folder = folder();
    let publisher = Publisher::new(folder.path(), "Skin lab");
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    go_to_model(&window).await;
    choose_passphrase(&window).await;
    window.choose("#pack-file", &publisher.later(3)).await;
    trust(&window, &publisher).await;
    window.click("#use-model").await;
    window.wait_for_text(".notice", |text| text.contains("lite0-later-3")).await;
    window.dismiss().await;

    let notes = folder.path().join("notes.spotpack");
    std::fs::write(&notes, "what I did today").expect("written");
    refused(&window, &notes, "no model pack").await;
    refused(&window, &publisher.tampered(), "changed after it was signed").await;
    refused(&window, &publisher.later(2), "version 3 was in use here before").await;
    let other = publisher.pack("other", |manifest, _| manifest.version = 3);
    refused(&window, &other, "a version is given only once").await;
    let newer = publisher.pack("newer", |manifest, _| {
        (manifest.version, manifest.lowest_app) = (4, "99.0.0".parse().expect("a version"));
    });
    refused(&window, &newer, "needs version 99.0.0").await;
    let withdrawn = publisher.pack("withdrawn", |manifest, _| {
        let key = publisher.key.public().expect("a key").fingerprint();
        manifest.version = 4;
        manifest.revoked = vec![Revocation { key, versions: Versions::These([4].into()) }];
    });
    refused(&window, &withdrawn, "withdrawn by its publisher").await;
    // One whose answers are not those that it brings is found out when it is to be used.
    let wrong = publisher.pack("wrong", |manifest, contents| {
        manifest.version = 4;
        let mut answers: serde_json::Value = serde_json::from_slice(&contents.answers).expect("JSON");
        let logit = answers["logits"][0][0].as_f64().expect("a number");
        answers["logits"][0][0] = (logit + 1.0).into();
        contents.answers = serde_json::to_vec(&answers).expect("JSON").into();
    });
    window.choose("#pack-file", &wrong).await;
    window.click("#use-model").await;
    window.wait_for_text(".notice", |text| text.contains("doesn't answer the pictures")).await;
    window.dismiss().await;
    // Another publisher is asked about anew.
    let stranger = Publisher::new(folder.path(), "Other lab");
    window.choose("#pack-file", &stranger.later(9)).await;
    window.find("#stranger").await;
    window.click("#leave-model").await;
    let facts = window.text("#model-in-use").await;
    assert!(facts.contains("lite0-later-3") && facts.contains("Skin lab"), "{facts}");
    window.close().await;

    // Changed on the disk, it falls back to the app's own model, and says why.
    let packs = std::fs::read_dir(data.join("packs")).expect("packs").flatten().map(|entry| entry.path());
    for path in packs.filter(|path| path.extension().is_some_and(|ending| ending == "spotpack")) {
        let mut bytes = std::fs::read(&path).expect("a pack");
        let at = bytes.len() - 5_000;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).expect("written");
    }
    let window = Window::open_agreed(&data).await;
    go_to_model(&window).await;
    window.wait_for_text("#model-fallen", |text| text.contains("changed after it was signed")).await;
    window.wait_for_text("#model-in-use", |text| text.contains("Part of the app")).await;
    window.press(ESCAPE).await;
    window.click("#ask-delete").await;
    window.click("#delete").await;
    window.find("#agree").await;
    assert!(!data.join("packs").exists(), "deleted with everything else");
    window.close().await;
}

#[tokio::test]
async fn kept_photos_are_looked_at_again_with_the_new_model_and_the_timeline_marks_it() {
    let folder = folder();
    let publisher = Publisher::new(folder.path(), "Skin lab");
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let photo = picture(folder.path(), "spot.png", &lesion::drawn(700));
    keep_first(&window, &photo, "Arm").await;
    assert_eq!(window.count("#again-all").await, 0, "it was seen by the present model");
    window.press(ESCAPE).await;
    go_to_model(&window).await;
    window.choose("#pack-file", &publisher.later(2)).await;
    trust(&window, &publisher).await;
    window.click("#use-model").await;
    window.wait_for_text(".notice", |text| text.contains("lite0-later-2")).await;
    window.dismiss().await;
    window.press(ESCAPE).await;
    window.press(ESCAPE).await;
    window.click("#spots").await;
    window.click("a[href^='/spot/']").await;
    window.wait_for_text("#again-all", |text| text.contains('1')).await;
    window.click("#again-all").await;
    for tries in 0.. {
        if window.count("#again-all").await == 0 {
            break;
        }
        assert!(tries < 200, "it is offered once");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.click("a.check").await;
    let again = window.wait_for_text("#again", |text| text.contains("lite0-later-2")).await;
    assert!(again.contains("Skin lab"), "{again}");
    assert_eq!(window.count("#triage .foreign").await, 0, "the first answer stays as it was");
    window.press(ESCAPE).await;
    // The next check is the new model's.
    assess(&window, &photo).await;
    window.click("#keep").await;
    window.find("input[name=spot]:checked").await;
    window.click("#save").await;
    window.wait_for_text(".model-changed", |text| text.contains("lite0-later-2")).await;
    window.picture("spot-model-changed-light").await;
    window.close().await;
}

/// The folder that a phone's system fills, as tests have it.
fn hand_over(data: &Path, pack: &Path) -> PathBuf {
    let inbox = data.join("inbox");
    std::fs::create_dir_all(&inbox).expect("folder");
    let waiting = inbox.join("of another app");
    std::fs::copy(pack, &waiting).expect("copied");
    waiting
}

#[tokio::test]
async fn a_pack_from_another_app_waits_for_the_passphrase_and_is_asked_about_like_a_chosen_one() {
    let folder = folder();
    let publisher = Publisher::new(folder.path(), "Skin lab");
    let data = folder.path().join("data");
    let waiting = hand_over(&data, &publisher.later(2));
    let window = Window::open_agreed(&data).await;
    window.wait_for_text("#model-waits", |text| text.contains("opened with Spotcheck")).await;
    window.picture("model-waits-light").await;
    assert!(waiting.exists(), "nothing is taken in that could not be kept");
    choose_passphrase(&window).await;
    trust(&window, &publisher).await;
    assert!(!waiting.exists(), "it was moved, not copied");
    window.click("#use-model").await;
    window.wait_for_text(".notice", |text| text.contains("lite0-later-2")).await;
    window.close().await;

    // While it is locked the next one waits.
    let waiting = hand_over(&data, &publisher.later(3));
    let window = Window::open_agreed(&data).await;
    window.find("#model-waits").await;
    window.type_into("#unlock-text", PASSPHRASE).await;
    window.click("#unlock").await;
    window.wait_for_text("#offer", |text| text.contains("lite0-later-3")).await;
    window.click("#leave-model").await;
    window.find("#model-in-use").await;
    assert!(!waiting.exists());
    // As the page of a phone tells it, while the app runs.
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "what I did today").expect("written");
    let waiting = hand_over(&data, &notes);
    window.press(ESCAPE).await;
    window.run("window.dispatchEvent(new Event('spotcheck-opened')); return true").await;
    window.wait_for_text(".notice", |text| text.contains("no model pack")).await;
    assert!(!waiting.exists());
    window.close().await;
}
