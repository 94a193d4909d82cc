//! The root of the app, its routes and its window.

// The same crate under the name of either feature.
#[cfg(feature = "desktop")]
use dioxus::desktop as shell;
#[cfg(not(feature = "desktop"))]
use dioxus::mobile as shell;
use dioxus::prelude::*;
use jiff::ZonedDateTime;

use super::keeper::Book;
use super::parts::{Notice, Working};
use super::pictures;
#[cfg(feature = "camera")]
use super::screens::Camera;
use super::screens::{
    About, Backup, Compare, Frame, Home, Keep, Learn, Lock, Result, Saved, Settings, Spot, Spots, Welcome,
};
use super::state::App;
use crate::capture::bridge::{self, Message};
use crate::platform;
use crate::settings::{Appearance, Store};

const STYLES: &str = include_str!("../../assets/app.css");

/// Nothing may be loaded or asked for but what this process answers: Dioxus' own channel, and pictures at their addresses. A page can't
/// bring pictures of its own as `data:` or `blob:`.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
    img-src dioxus: http://dioxus.index.html https://dioxus.index.html; \
    connect-src dioxus: http://dioxus.index.html https://dioxus.index.html ws://127.0.0.1:*; \
    base-uri 'none'; form-action 'none'";

/// Where one can be.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub enum Route {
    #[layout(Shell)]
        #[route("/")]
        Home {},
        #[cfg(feature = "camera")]
        #[route("/camera")]
        Camera {},
        #[route("/frame")]
        Frame {},
        #[route("/result")]
        Result {},
        #[route("/keep")]
        Keep {},
        #[route("/spots")]
        Spots {},
        #[route("/spot/:id")]
        Spot { id: String },
        #[route("/compare/:id")]
        Compare { id: String },
        #[route("/check/:id")]
        Saved { id: String },
        #[route("/lock")]
        Lock {},
        #[route("/backup")]
        Backup {},
        #[route("/learn")]
        Learn {},
        #[route("/settings")]
        Settings {},
        #[route("/about/:page")]
        About { page: String },
}

/// Opens the window and returns when it is closed.
pub fn launch() {
    dioxus::LaunchBuilder::new().with_cfg(window()).launch(Root);
}

fn window() -> shell::Config {
    use shell::{Config, LogicalSize, WindowBuilder};
    // A phone's size, so that the desktop shows what a phone will.
    let window = WindowBuilder::new()
        .with_title("Spotcheck")
        .with_inner_size(LogicalSize::new(390.0, 844.0))
        .with_min_inner_size(LogicalSize::new(320.0, 480.0));
    let page = format!(
        r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>Spotcheck</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<style>{STYLES}</style></head><body><div id="main"></div></body></html>"#
    );
    Config::new()
        .with_window(window)
        .with_menu(None)
        .with_disable_context_menu(true)
        // Drops go to the page, where the bridge takes them.
        .with_disable_drag_drop_handler(true)
        .with_background_color((250, 248, 245, 255))
        .with_custom_index(page)
}

/// The whole app.
#[component]
pub fn Root() -> Element {
    let app = use_hook(|| App::new(platform::here().data_folder().map(Store::new)));
    use_context_provider(|| app);
    shell::use_asset_handler(pictures::NAME, move |request, responder| {
        pictures::answer(request.uri().path(), &app.keeper(), move |response| responder.respond(response));
    });
    rsx! {
        Router::<Route> {}
    }
}

/// What surrounds every screen.
#[component]
fn Shell() -> Element {
    let app = use_context::<App>();
    let navigator = use_navigator();
    use_future(move || async move {
        let mut script = document::eval(bridge::SCRIPT);
        while let Ok(message) = script.recv::<Message>().await {
            match message {
                Message::Back if app.can_cancel() => app.cancel(),
                Message::Back if app.doing() => {}
                Message::Back if navigator.can_go_back() => navigator.go_back(),
                Message::Back => platform::here().leave(),
                _ if !app.settings().agreed() => {}
                Message::Reading => app.wait_for_file(),
                Message::Backup => app.wait_for_backup(),
                // Given up while it was on its way.
                Message::File { .. } | Message::Unreadable if !app.expects_file() => {
                    app.looker().forget_taken()
                }
                Message::File { size, base64 } => app.open(size, base64, navigator),
                Message::Unreadable => app.refuse(bridge::BridgeError::Unreadable),
                Message::TooLarge => app.refuse(bridge::BridgeError::TooLarge),
                Message::Piece(base64) => app.append(base64),
                Message::Complete => app.arrived(),
                Message::Idle(seconds) => app.idle(seconds),
            }
        }
    });
    use_future(move || app.look_up());
    // While locked, neither a screenshot nor the list of apps shows what a screen before may have left.
    let locked = use_memo(move || matches!(app.book(), Book::Locked));
    use_effect(move || platform::here().hide(locked()));
    // The system shows reminders while the app is closed and its archive locked: it is told the days whenever they may have changed.
    let mornings = use_memo(move || match app.book() {
        _ if !app.settings().reminders => Some(Vec::new()),
        Book::Open(page) => Some(page.contents.mornings(&ZonedDateTime::now())),
        Book::Empty { .. } => Some(Vec::new()),
        // Those of before stay.
        _ => None,
    });
    use_effect(move || {
        if let Some(mornings) = mornings() {
            platform::here().remind(&mornings, &app.words().say("calendar-title"));
        }
    });
    // What was told belongs to the screen that it was told on.
    let route = use_route::<Route>();
    let mut told_on = use_signal(|| route.clone());
    // An effect also runs after the first screen is drawn, which may be after something was told there.
    use_effect(use_reactive!(|route| {
        if *told_on.peek() != route {
            told_on.set(route);
            app.dismiss();
        }
    }));
    let language = app.words().language().tag();
    use_effect(move || {
        // For screen readers' pronunciation.
        document::eval(&format!("document.documentElement.lang = '{}'", app.words().language().tag()));
    });
    let appearance = match app.settings().appearance {
        Appearance::System => "system",
        Appearance::Light => "light",
        Appearance::Dark => "dark",
    };
    rsx! {
        div { class: "app", lang: language, "data-appearance": appearance,
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
