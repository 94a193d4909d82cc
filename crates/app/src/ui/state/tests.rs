//! What the app does while nobody looks at it, on a phone that stands in for the system.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dioxus::core::NoOpMutations;
use dioxus::history::{History, MemoryHistory};
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
        provide_context(Rc::new(MemoryHistory::with_initial_path("/spots")) as Rc<dyn History>);
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
        dom.rebuild_in_place();
        Self { dom, app: app.get().expect("started") }
    }

    fn act(&self, act: impl FnOnce(App)) {
        self.dom.in_scope(ScopeId::ROOT, || act(self.app));
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
    Keeper::new(folder.path(), None).create(Some(&passphrase())).expect("made");
    let settings = Settings { consent: CONSENT, auto_lock_minutes: 5, ..Settings::default() };
    let mut running = Running::start(phone, folder.path(), &settings);
    running.until(|html| html.contains(UNLOCK)).await;
    running.act(|app| app.keep(move |keeper| keeper.unlock(Some(&passphrase())), |()| {}));
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
