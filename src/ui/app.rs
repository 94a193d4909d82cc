//! The root of the app, its routes, its window, and what it hears from the page.

use std::time::Duration;

use dioxus::prelude::*;
use dioxus::router::Navigator;
use dioxus_desktop as shell;
use jiff::ZonedDateTime;
use shell::tao::event::Event;

use super::keeper::Book;
use super::parts::{Notice, Working};
use super::pictures;
#[cfg(feature = "camera")]
use super::screens::Camera;
use super::screens::{
    About, Backup, Compare, Frame, Home, Keep, Learn, Lock, Model, Result, Saved, Settings, Spot, Spots,
    Welcome,
};
use super::state::App;
use super::work::pause;
use crate::capture::bridge::{self, Message, Reply};
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
        #[route("/model")]
        Model {},
        #[route("/learn")]
        Learn {},
        #[route("/settings")]
        Settings {},
        #[route("/about/:page")]
        About { page: String },
}

/// How often the app looks whether it is to be locked.
const WATCH: Duration = Duration::from_secs(5);

/// Opens the window; the program ends when it is closed.
pub fn launch() {
    // On a phone, what is logged would be read by whoever collects the system's logs.
    #[cfg(feature = "desktop")]
    {
        use tracing_subscriber::EnvFilter;
        let wanted =
            EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).from_env_lossy();
        tracing_subscriber::fmt().with_env_filter(wanted).with_writer(std::io::stderr).init();
    }
    let phone = cfg!(any(target_os = "android", target_os = "ios"));
    shell::launch::launch(Root, Vec::new(), vec![Box::new(window(phone))])
}

/// The window's frame. On a phone it has the screen's size: iOS takes any that is said for its own.
fn frame(phone: bool) -> shell::WindowBuilder {
    use shell::{LogicalSize, WindowBuilder};
    let window = WindowBuilder::new().with_title("Spotcheck");
    match phone {
        true => window,
        // A phone's size, so that the desktop shows what a phone will.
        false => window
            .with_inner_size(LogicalSize::new(390.0, 844.0))
            .with_min_inner_size(LogicalSize::new(320.0, 480.0)),
    }
}

fn window(phone: bool) -> shell::Config {
    let page = format!(
        r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>Spotcheck</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<style>{STYLES}</style></head><body><div id="main"></div></body></html>"#
    );
    let config = shell::Config::new()
        .with_window(frame(phone))
        .with_menu(None)
        // Without it Dioxus turns the developer tools on. The bridge's script lets those menus through that are wanted.
        .with_disable_context_menu(true)
        // Drops go to the page, where the bridge takes them.
        .with_disable_drag_drop_handler(true)
        .with_custom_index(page);
    match phone {
        // The system's, which is light or dark as the page will be.
        true => config,
        false => config.with_background_color((250, 248, 245, 255)),
    }
}

/// The whole app.
#[component]
pub fn Root() -> Element {
    let app = use_hook(|| App::new(platform::here(), platform::here().data_folder().map(Store::new)));
    use_context_provider(|| app);
    shell::use_asset_handler(pictures::NAME, move |request, responder| {
        pictures::answer(request.uri().path(), &app.keeper(), move |response| responder.respond(response));
    });
    rsx! {
        Router::<Route> {}
    }
}

/// Does what a message of the page asks for; `reply` tells the page something.
fn heed(app: App, message: Message, navigator: Navigator, reply: impl Fn(Reply) + 'static) {
    match message {
        Message::Back if app.can_cancel() => app.cancel(),
        Message::Back if app.doing() => {}
        Message::Back if navigator.can_go_back() => navigator.go_back(),
        Message::Back => app.system().leave(),
        Message::Touched => app.touched(),
        Message::Hidden => app.unseen(),
        Message::Shown => app.seen(),
        Message::Beat(beat) => app.beaten(beat),
        Message::Languages => app.ask_languages(),
        Message::Opened => app.handed_over(),
        Message::File { number, .. } | Message::Piece { number, .. } if !app.settings().agreed() => {
            reply(Reply::Taken { number, more: false });
        }
        Message::Reading { .. } | Message::Unreadable { .. } if !app.settings().agreed() => {}
        Message::Reading { number, kind } => app.expect(number, kind),
        Message::Unreadable { number } => app.unreadable(number),
        Message::File { number, size } => {
            let more = app.announce(number, size, navigator);
            reply(Reply::Taken { number, more });
        }
        Message::Piece { number, base64 } => app.append(number, &base64, navigator, reply),
    }
}

/// What surrounds every screen.
#[component]
fn Shell() -> Element {
    let app = use_context::<App>();
    let navigator = use_navigator();
    // The one script that runs in the page, started once: whatever else would be asked of the page while it is used could meet an event
    // on another thread, on Android.
    let mut script = use_signal(|| None::<document::Eval>);
    let reply = move |reply: Reply| {
        if let Some(script) = *script.peek()
            && let Err(error) = script.send(reply)
        {
            tracing::warn!("the page could not be told: {error}");
        }
    };
    use_future(move || async move {
        loop {
            #[expect(clippy::disallowed_methods, reason = "nothing else is going on in the page yet")]
            let mut running = document::eval(bridge::SCRIPT);
            script.set(Some(running));
            // As it comes: what is not understood must not end the bridge.
            while let Ok(message) = running.recv::<serde_json::Value>().await {
                match Message::parse(message) {
                    Ok(message) => heed(app, message, navigator, reply),
                    Err(error) => tracing::warn!("the page sent something odd: {error}"),
                }
            }
            tracing::warn!("the bridge broke down");
            // What was on its way will not come any more.
            if app.can_cancel() {
                app.cancel();
            }
            pause(WATCH).await;
        }
    });
    use_future(move || async move {
        loop {
            pause(WATCH).await;
            app.watch();
        }
    });
    // A page that the system has ended can't tell that it is seen again. Tests draw screens without a window.
    if try_consume_context::<shell::DesktopContext>().is_some() {
        shell::use_wry_event_handler(move |event, _| match event {
            Event::Resumed => app.seen(),
            Event::Suspended => app.unseen(),
            // iOS: it may come while the app is seen anyway. The address is not looked at.
            Event::Opened { .. } => app.handed_over(),
            _ => {}
        });
    }
    use_future(move || app.open_left(navigator));
    use_future(move || app.look_up());
    // While locked, neither a screenshot nor the list of apps shows what a screen before may have left.
    let locked = use_memo(move || matches!(app.book(), Book::Locked));
    use_effect(move || app.system().hide(locked()));
    let guarded = use_memo(move || app.guarded());
    use_effect(move || app.system().guard(guarded()));
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
            app.system().remind(&mornings, &app.words().say("calendar-title"));
        }
    });
    // What was told belongs to the screen that it was told on; and a model pack of another app's waits for a screen that may be left.
    let route = use_route::<Route>();
    let mut told_on = use_signal(|| route.clone());
    // An effect also runs after the first screen is drawn, which may be after something was told there.
    use_effect(use_reactive!(|route| {
        if *told_on.peek() != route {
            told_on.set(route.clone());
            app.dismiss();
        }
        app.receive(&route, navigator);
    }));
    let language = app.words().language().tag();
    use_effect(move || {
        if script.read().is_some() {
            reply(Reply::Language(app.words().language().tag().into()));
        }
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_phone_the_window_has_the_size_of_the_screen() {
        assert!(frame(false).window.inner_size.is_some());
        let window = frame(true).window;
        assert_eq!((window.inner_size, window.inner_size_constraints.min_width), (None, None));
    }
}
