//! What the app does while nobody looks at it, on a phone that stands in for the system.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dioxus::core::NoOpMutations;
use dioxus::history::{History, MemoryHistory};
use dioxus::router::root_router;
use keyring_core::CredentialStore;

use super::*;
use crate::capture::bridge::FileKind;
use crate::platform::Outbox;
use crate::ui::app::Route;
use crate::ui::destination::Destination;
use archive::seal::Passphrase;

/// A phone whose clock and languages are as one says, and which remembers what it was asked.
#[derive(Default)]
struct Phone {
    now: Mutex<Duration>,
    languages: Mutex<Vec<String>>,
    guarded: Mutex<bool>,
    uncovered: Mutex<u32>,
    folder: Mutex<Option<PathBuf>>,
}

impl Phone {
    /// A phone that speaks this language, for as long as the test.
    fn speaking(language: &str) -> &'static Self {
        let phone: &Self = Box::leak(Box::default());
        phone.speaks(language);
        phone.sleeps(1000);
        phone
    }

    fn speaks(&self, language: &str) {
        *self.languages.lock().expect("languages") = vec![language.into()];
    }

    /// Other apps' files and photos that were taken come into folders of this one.
    fn receives_in(&self, folder: &Path) {
        *self.folder.lock().expect("folder") = Some(folder.into());
    }

    fn folder(&self, name: &str) -> Option<PathBuf> {
        self.folder.lock().expect("folder").as_ref().map(|folder| folder.join(name))
    }

    /// Another app hands a file over, or the camera leaves one.
    fn is_given(&self, folder: &str, file: &[u8]) {
        let folder = self.folder(folder).expect("a folder");
        std::fs::create_dir_all(&folder).expect("made");
        std::fs::write(folder.join("file"), file).expect("written");
    }

    fn sleeps(&self, seconds: u64) {
        *self.now.lock().expect("clock") += Duration::from_secs(seconds);
    }

    fn guarded(&self) -> bool {
        *self.guarded.lock().expect("guarded")
    }

    fn uncovered(&self) -> u32 {
        *self.uncovered.lock().expect("uncovered")
    }
}

impl System for Phone {
    fn data_folder(&self) -> Option<PathBuf> {
        None
    }

    fn key_store(&self) -> Option<Arc<CredentialStore>> {
        None
    }

    fn outbox(&self) -> Option<Outbox> {
        None
    }

    fn offer(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn languages(&self) -> Vec<String> {
        self.languages.lock().expect("languages").clone()
    }

    fn taken_photos(&self) -> Vec<PathBuf> {
        self.folder("photos").into_iter().collect()
    }

    fn inbox(&self) -> Option<PathBuf> {
        self.folder("inbox")
    }

    fn guard(&self, guarded: bool) {
        *self.guarded.lock().expect("guarded") = guarded;
    }

    fn uncover(&self) {
        *self.uncovered.lock().expect("uncovered") += 1;
    }

    fn clock(&self) -> Duration {
        *self.now.lock().expect("clock")
    }
}

/// What [`Stage`] begins with, and where it leaves the app.
#[derive(Clone)]
struct Start {
    phone: &'static Phone,
    folder: PathBuf,
    app: Rc<Cell<Option<App>>>,
}

#[allow(non_snake_case)]
fn Stage(start: Start) -> Element {
    use_hook(|| {
        let app = App::new(start.phone, Some(SettingsFile::new(start.folder.clone())));
        start.app.set(Some(app));
        provide_context(app);
    });
    rsx! {
        Router::<Route> {}
    }
}

/// The running app, without a window.
struct Running {
    dom: VirtualDom,
    app: App,
}

impl Running {
    fn start(phone: &'static Phone, folder: &Path, settings: &Settings) -> Self {
        SettingsFile::new(folder).save(settings).expect("saved");
        let app = Rc::default();
        let start = Start { phone, folder: folder.into(), app: Rc::clone(&app) };
        let mut dom = VirtualDom::new_with_props(Stage, start);
        // At the root, as a window has it: what goes on after its screen is gone may also lead to another one.
        dom.provide_root_context(Rc::new(MemoryHistory::with_initial_path("/spots")) as Rc<dyn History>);
        dom.rebuild_in_place();
        Self { dom, app: app.get().expect("started") }
    }

    fn act(&self, act: impl FnOnce(App)) {
        self.dom.in_scope(ScopeId::ROOT, || act(self.app));
    }

    fn go_to(&self, screen: Route) {
        self.act(|_| drop(root_router().expect("a router").push(screen)));
    }

    /// The screen as soon as it is such.
    async fn until(&mut self, such: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let html = dioxus_ssr::render(&self.dom);
            if such(&html) {
                return html;
            }
            assert!(Instant::now() < end, "it never came to that: {html}");
            let _ = tokio::time::timeout(Duration::from_millis(20), self.dom.wait_for_work()).await;
            self.dom.render_immediate(&mut NoOpMutations);
        }
    }
}

/// What is on the screen while it is locked, and nothing else that is kept.
const UNLOCK: &str = "id=\"unlock\"";

#[test]
fn the_lock_counts_from_the_last_touch_and_not_backwards() {
    let idle = Idle { touched: Duration::from_secs(1000) };
    let after = |seconds: u64| idle.lapsed(Duration::from_secs(1000 + seconds), 5);
    assert_eq!([0, 299, 300, 86_400].map(after), [false, false, true, true]);
    // No clock of ours goes back, but nothing may come of it if one does.
    assert!(!idle.lapsed(Duration::ZERO, 5));
}

#[tokio::test]
async fn who_comes_back_too_late_finds_it_locked_before_it_is_uncovered() {
    let folder = tempfile::tempdir().expect("folder");
    let phone = Phone::speaking("en");
    let passphrase = || Passphrase::new("correct horse".into()).expect("long enough");
    ArchiveWorker::new(folder.path(), None).create(Some(&passphrase())).expect("made");
    let settings = Settings { consent: CONSENT, auto_lock_minutes: 5, ..Settings::default() };
    let mut running = Running::start(phone, folder.path(), &settings);
    running.until(|html| html.contains(UNLOCK)).await;
    running.act(|app| app.keep(move |archive_worker| archive_worker.unlock(Some(&passphrase())), |()| {}));
    running.until(|html| !html.contains(UNLOCK) && phone.guarded()).await;

    running.act(App::unseen);
    phone.sleeps(299);
    running.act(App::seen);
    let html = running.until(|html| html.contains("data-beat=\"1\"")).await;
    assert!(!html.contains(UNLOCK), "the time is not over");
    assert_eq!(phone.uncovered(), 0, "the page has yet to draw it");
    running.act(|app| app.beaten(1));
    assert_eq!(phone.uncovered(), 1);

    running.act(App::unseen);
    phone.sleeps(1);
    running.act(|app| app.beaten(1));
    assert_eq!(phone.uncovered(), 1, "a beat of before comes too late");
    running.act(App::seen);
    let html = running.until(|html| html.contains("data-beat=\"2\"")).await;
    assert!(html.contains(UNLOCK), "nothing else is drawn before: {html}");
    running.act(|app| app.beaten(1));
    assert_eq!(phone.uncovered(), 1, "not before that is drawn");
    running.act(|app| app.beaten(2));
    assert_eq!(phone.uncovered(), 2);
    running.until(|_| !phone.guarded()).await;
}

#[tokio::test]
async fn another_language_of_the_phone_is_spoken_while_the_app_runs() {
    let folder = tempfile::tempdir().expect("folder");
    let phone = Phone::speaking("de-AT");
    let settings = Settings { consent: CONSENT, ..Settings::default() };
    let mut running = Running::start(phone, folder.path(), &settings);
    running.until(|html| html.contains("lang=\"de\"")).await;
    phone.speaks("es-MX");
    running.act(App::ask_languages);
    running.until(|html| html.contains("lang=\"es\"")).await;
    // One that is set in the app is what it speaks.
    running.act(|app| app.set(|settings| settings.language = Some(Language::English)));
    running.until(|html| html.contains("lang=\"en\"")).await;
    phone.speaks("pt-BR");
    running.act(App::ask_languages);
    running.act(|app| app.set(|settings| settings.language = None));
    running.until(|html| html.contains(&format!("lang=\"{}\"", Language::Portuguese.tag()))).await;
}

#[tokio::test]
async fn a_model_pack_leads_to_where_it_is_shown_and_other_files_nowhere_before_they_are_there() {
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings { consent: CONSENT, ..Settings::default() };
    let running = Running::start(Phone::speaking("en"), folder.path(), &settings);
    let led = |kind| {
        let led = Rc::new(Cell::new(None));
        let to = Rc::clone(&led);
        running.act(|app| {
            app.expect(1, kind);
            assert!(app.announce(1, 10, move |destination| to.set(Some(destination))), "it is wanted");
        });
        led.get()
    };
    let ways = [FileKind::Pack, FileKind::Backup, FileKind::Photo].map(led);
    assert_eq!(ways, [Some(Destination::Model), None, None]);
}

#[tokio::test]
async fn no_file_is_taken_while_something_is_being_written() {
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings { consent: CONSENT, ..Settings::default() };
    let mut running = Running::start(Phone::speaking("en"), folder.path(), &settings);
    let written = Rc::new(Cell::new(false));
    let done = Rc::clone(&written);
    running.act(|app| {
        app.keep(|_| Ok(()), move |()| done.set(true));
        app.expect(1, FileKind::Photo);
        assert!(!app.announce(1, 10, |_| {}), "it is not wanted");
    });
    running.until(|html| html.contains("still being saved") && written.get()).await;
    running.act(|app| {
        app.expect(2, FileKind::Photo);
        assert!(app.announce(2, 10, |_| {}), "it is wanted");
    });
}

#[tokio::test]
async fn another_model_takes_no_backup_away_that_waits() {
    let mut opening = Opening::unlocked().await;
    opening.running.act(|mut app| {
        app.incoming.set(Incoming::Backup);
        app.go_to_model(None);
    });
    opening.running.until(|html| html.contains("answers from now on")).await;
    opening.running.act(|app| assert!(app.backup_waits()));
}

/// Files of other apps, handed to an app whose archive a passphrase protects.
struct Opening {
    _folder: tempfile::TempDir,
    phone: &'static Phone,
    running: Running,
}

impl Opening {
    /// The app as it starts, locked, when this was given to the phone.
    async fn with(given: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let phone = Phone::speaking("en");
        phone.receives_in(folder.path());
        for (place, file) in given {
            phone.is_given(place, file);
        }
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).expect("made");
        ArchiveWorker::new(&data, None).create(Some(&passphrase())).expect("made");
        let settings = Settings { consent: CONSENT, ..Settings::default() };
        let mut running = Running::start(phone, &data, &settings);
        running.until(|html| html.contains(UNLOCK) || html.contains(FRAMING)).await;
        Self { _folder: folder, phone, running }
    }

    /// The same, unlocked.
    async fn unlocked() -> Self {
        let mut opening = Self::with(&[]).await;
        opening.unlock();
        opening.running.until(|html| !html.contains(UNLOCK)).await;
        opening
    }

    fn unlock(&self) {
        self.running
            .act(|app| app.keep(|archive_worker| archive_worker.unlock(Some(&passphrase())), |()| {}));
    }

    /// Another app hands this over while the app runs.
    fn open(&self, file: &[u8]) {
        self.phone.is_given("inbox", file);
        self.running.act(App::handed_over);
    }

    fn waiting(&self) -> usize {
        platform::waiting_files(self.phone).len()
    }

    /// Neither in the folder that it came to nor in the app's own, once the archive worker has done what was asked of it.
    async fn nothing_is_left(&self) -> bool {
        self.running.app.archive_worker().ask(|archive_worker| archive_worker.has_backup()).await == Ok(false)
            && self.waiting() == 0
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse".into()).expect("long enough")
}

const FRAMING: &str = "id=\"viewport\"";
const MODEL: &str = "id=\"model-in-use\"";
const WAITS: &str = "id=\"model-waits\"";

#[tokio::test]
async fn a_file_that_waits_at_the_start_is_looked_at_once_it_is_unlocked() {
    let mut opening = Opening::with(&[("inbox", b"notes, and no pack")]).await;
    let html = opening.running.until(|html| html.contains(WAITS)).await;
    assert!(html.contains(MODEL) && html.contains(UNLOCK), "where it will be seen: {html}");
    assert_eq!(opening.waiting(), 1, "it stays where it is");
    // Who goes elsewhere is not led back at every return.
    opening.running.go_to(Route::Spots {});
    for beat in 1..4 {
        opening.running.act(App::seen);
        let html = opening.running.until(|html| html.contains(&format!("data-beat=\"{beat}\""))).await;
        assert!(!html.contains(MODEL), "{html}");
    }
    opening.open(b"the same, opened again");
    opening.running.until(|html| html.contains(WAITS)).await;
    opening.running.go_to(Route::Spots {});
    opening.running.until(|html| !html.contains(MODEL)).await;
    opening.unlock();
    // Whoever looked just before it was taken in sees it waiting for a moment longer.
    let told = |html: &str| html.contains("This is no model pack") && !html.contains(WAITS);
    let html = opening.running.until(told).await;
    assert!(html.contains(MODEL), "{html}");
    assert!(opening.nothing_is_left().await);
}

#[tokio::test]
async fn a_file_that_comes_while_the_app_runs_is_looked_at_where_a_chosen_one_would_be() {
    let mut opening = Opening::unlocked().await;
    opening.phone.is_given("inbox", b"notes, and no pack");
    // The system only says that the app is seen again.
    opening.running.act(App::seen);
    let html = opening.running.until(|html| html.contains("This is no model pack")).await;
    assert!(html.contains(MODEL), "{html}");
    assert!(opening.nothing_is_left().await);
}

#[tokio::test]
async fn a_pack_that_is_looked_at_stays_while_it_is_locked_and_is_asked_about_again() {
    let mut opening = Opening::unlocked().await;
    let publisher = archive::made_up::Publisher::generate();
    opening.open(&publisher.pack(1));
    opening.running.until(|html| html.contains("id=\"stranger\"")).await;
    opening.running.act(App::lock);
    let html = opening.running.until(|html| html.contains(UNLOCK)).await;
    assert!(!html.contains("id=\"stranger\"") && html.contains(WAITS), "{html}");
    // Nothing that is asked while it is locked takes the file away.
    opening.running.act(|app| app.trust(publisher.key));
    opening.running.app.archive_worker().ask(|_| ()).await.expect("asked after that");
    opening.unlock();
    opening.running.until(|html| html.contains("id=\"stranger\"")).await;
    opening.running.act(|app| app.trust(publisher.key));
    opening.running.until(|html| html.contains("id=\"offer\"")).await;
    opening.running.act(App::lock);
    let html = opening.running.until(|html| html.contains(UNLOCK)).await;
    assert!(!html.contains("id=\"offer\""), "{html}");
    opening.unlock();
    opening.running.until(|html| html.contains("id=\"offer\"")).await;
}

#[tokio::test]
async fn what_is_empty_or_too_large_is_refused_and_deleted() {
    let mut opening = Opening::unlocked().await;
    opening.open(b"");
    opening.running.until(|html| html.contains("could not be read")).await;
    assert!(opening.nothing_is_left().await);
    opening.phone.is_given("inbox", b"");
    // One with more bytes than any pack may have, none of which takes room.
    let path = opening.phone.folder("inbox").expect("a folder").join("file");
    let file = std::fs::OpenOptions::new().write(true).open(path).expect("open");
    file.set_len(crate::capture::bridge::MAX_PACK_BYTES + 1).expect("a hole");
    opening.running.act(App::handed_over);
    opening.running.until(|html| html.contains("larger than any model pack")).await;
    assert!(opening.nothing_is_left().await);
}

#[tokio::test]
async fn nothing_is_looked_at_before_the_user_has_agreed() {
    let folder = tempfile::tempdir().expect("folder");
    let phone = Phone::speaking("en");
    phone.receives_in(folder.path());
    phone.is_given("inbox", b"notes, and no pack");
    let mut running = Running::start(phone, &folder.path().join("data"), &Settings::default());
    running.until(|html| html.contains("id=\"agree\"")).await;
    running.app.archive_worker().ask(|_| ()).await.expect("looked");
    running.act(App::agree);
    // There is no archive yet, nor a key store: a passphrase is chosen first.
    running.until(|html| html.contains(WAITS) && html.contains("id=\"choose-passphrase\"")).await;
    running.act(|app| app.keep(|archive_worker| archive_worker.create(Some(&passphrase())), |()| {}));
    running.until(|html| html.contains("This is no model pack")).await;
}

#[tokio::test]
async fn a_photo_that_is_being_framed_is_not_interrupted() {
    let mut photo = Vec::new();
    let spot = image::RgbImage::from_fn(400, 400, |x, y| {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
        image::Rgb([200, (mixed >> 8) as u8, (mixed >> 16) as u8])
    });
    spot.write_to(&mut std::io::Cursor::new(&mut photo), image::ImageFormat::Png).expect("written");
    // Both were left: the photo comes first.
    let mut opening = Opening::with(&[("photos", &photo), ("inbox", b"notes, and no pack")]).await;
    opening.running.until(|html| html.contains(FRAMING) && html.contains("once you are done here")).await;
    opening.unlock();
    let phone = opening.phone;
    let html = opening.running.until(|_| phone.guarded()).await;
    assert!(html.contains(FRAMING), "{html}");
    assert_eq!(opening.waiting(), 1);
    opening.running.go_to(Route::Spots {});
    opening.running.until(|html| html.contains("This is no model pack")).await;
}

#[tokio::test]
async fn deleting_everything_takes_what_waits_along() {
    let mut opening = Opening::with(&[("inbox", b"notes, and no pack")]).await;
    opening.running.until(|html| html.contains(WAITS)).await;
    opening.running.act(App::delete_everything);
    opening.running.until(|html| html.contains("id=\"agree\"")).await;
    assert_eq!(opening.waiting(), 0);
}

#[tokio::test]
async fn a_strangers_pack_is_asked_about_however_often_it_is_opened() {
    let publisher = archive::made_up::Publisher::generate();
    let (first, second) = (publisher.pack(1), publisher.pack(2));
    let mut opening = Opening::unlocked().await;
    opening.open(&first);
    let stranger = |html: &str| html.contains(&publisher.key.fingerprint().grouped());
    opening.running.until(stranger).await;
    // The same again, told of twice, and then another one in its place.
    opening.open(&first);
    opening.running.act(App::handed_over);
    let phone = opening.phone;
    opening.running.until(|html| stranger(html) && platform::waiting_files(phone).is_empty()).await;
    opening.open(&second);
    opening.running.until(|html| stranger(html) && platform::waiting_files(phone).is_empty()).await;
    opening.running.act(|app| app.trust(publisher.key));
    opening.running.until(|html| html.contains("id=\"compare-models\"")).await;
    opening.running.act(|app| {
        let Some(Examined::Offer(offer)) = app.examined() else { panic!("it stands on the screen") };
        assert_eq!(offer.from.manifest().version, 2);
    });
}
