//! What surrounds every screen, and what goes on while any of them is shown.

use std::time::Duration;

use desktop::tao::event::Event;
use dioxus::prelude::*;
use dioxus::router::Navigator;
use dioxus_desktop as desktop;
use jiff::ZonedDateTime;

use super::Route;
use super::dispatch::{onward, use_bridge};
use crate::settings::Appearance;
use crate::ui::archive_worker::ArchiveState;
use crate::ui::parts::{Notice, Working};
use crate::ui::screens::Welcome;
use crate::ui::state::App;
use crate::ui::work::pause;

/// How often the app looks whether it is to be locked.
const WATCH: Duration = Duration::from_secs(5);

/// The frame around every screen.
#[component]
pub fn Shell() -> Element {
    let app = use_context::<App>();
    let navigator = use_navigator();
    use_bridge(app, navigator);
    use_future(move || async move {
        loop {
            pause(WATCH).await;
            app.watch();
        }
    });
    // A page that the system has ended can't tell that it is seen again. Tests draw screens without a window.
    if try_consume_context::<desktop::DesktopContext>().is_some() {
        desktop::use_wry_event_handler(move |event, _| match event {
            Event::Resumed => app.seen(),
            Event::Suspended => app.unseen(),
            // iOS: it may come while the app is seen anyway. The address is not looked at.
            Event::Opened { .. } => app.handed_over(),
            _ => {}
        });
    }
    use_future(move || async move {
        if let Some(photo) = app.left_photo().await {
            app.open(photo, onward(navigator));
        }
        app.begin_receiving();
    });
    use_future(move || app.look_up());
    use_system(app);
    use_screen(app, navigator);
    let language = app.words().language().tag();
    let appearance = match app.settings().appearance {
        Appearance::System => "system",
        Appearance::Light => "light",
        Appearance::Dark => "dark",
    };
    rsx! {
        div {
            class: "app",
            lang: language,
            "data-appearance": appearance,
            "data-guarded": if app.guarded() { "true" },
            "data-beat": "{app.beat()}",
            if app.settings().agreed() {
                Outlet::<Route> {}
                Notice {}
                Working {}
            } else {
                Welcome {}
            }
        }
    }
}

/// Tells the system what the page shows, as far as it may show that, and when to remind of spots.
fn use_system(app: App) {
    // While locked, neither a screenshot nor the list of apps shows what a screen before may have left.
    let locked = use_memo(move || matches!(app.archive_state(), ArchiveState::Locked));
    use_effect(move || app.system().hide(locked()));
    let guarded = use_memo(move || app.guarded());
    use_effect(move || app.system().guard(guarded()));
    // The system shows reminders while the app is closed and its archive locked: it is told the days whenever they may have changed.
    let mornings = use_memo(move || match app.archive_state() {
        _ if !app.settings().reminders => Some(Vec::new()),
        ArchiveState::Open(page) => Some(page.contents.mornings(&ZonedDateTime::now())),
        ArchiveState::Empty { .. } => Some(Vec::new()),
        // Those of before stay.
        _ => None,
    });
    use_effect(move || {
        if let Some(mornings) = mornings() {
            app.system().remind(&mornings, &app.words().say("calendar-title"));
        }
    });
}

/// A notice belongs to the screen that it was told on, and goes when one leaves that; and a model pack of another app's waits for a
/// screen that may be left.
fn use_screen(app: App, navigator: Navigator) {
    let route = use_route::<Route>();
    let mut told_on = use_signal(|| route.clone());
    // An effect also runs after the first screen is drawn, which may be after something was told there.
    use_effect(use_reactive!(|route| {
        if *told_on.peek() != route {
            told_on.set(route.clone());
            app.dismiss();
        }
        app.receive(&route.to_string(), |destination| {
            navigator.push(destination);
        });
    }));
}
