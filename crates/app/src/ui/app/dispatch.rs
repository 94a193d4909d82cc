//! What the app hears from the page, and what it answers.

use std::time::Duration;

use dioxus::prelude::*;
use dioxus::router::{Navigator, router};

use crate::capture::bridge::{self, FileKind, Message, Reply};
use crate::ui::destination::Destination;
use crate::ui::state::App;
use crate::ui::work::pause;

/// How long after a breakdown the script is started again.
const BREAK: Duration = Duration::from_secs(5);

/// Runs the script in the page, does what its messages ask for, and tells it the language.
pub fn use_bridge(app: App, navigator: Navigator) {
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
                    Ok(message) => dispatch(app, message, navigator, reply),
                    Err(error) => tracing::warn!("the page sent something odd: {error}"),
                }
            }
            tracing::warn!("the bridge broke down");
            // What was on its way will not come any more.
            if app.can_cancel() {
                app.cancel();
            }
            pause(BREAK).await;
        }
    });
    use_effect(move || {
        if script.read().is_some() {
            reply(Reply::Language(app.words().language().tag().into()));
        }
    });
}

/// Does what a message of the page asks for; `reply` tells the page something.
fn dispatch(app: App, message: Message, navigator: Navigator, reply: impl Fn(Reply) + 'static) {
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
        Message::Camera(told) => app.hear_camera(told),
        Message::File { number, .. } | Message::Piece { number, .. } if !app.settings().agreed() => {
            reply(Reply::Taken { number, more: false });
        }
        Message::Reading { .. } | Message::Unreadable { .. } if !app.settings().agreed() => {}
        Message::Reading { number, kind: FileKind::Earlier, rest } => app.expect_earlier(number, rest),
        Message::Reading { number, kind, .. } => app.expect(number, kind),
        Message::Unreadable { number } => app.unreadable(number),
        Message::File { number, size } => {
            let more = app.announce(number, size, onward(navigator));
            reply(Reply::Taken { number, more });
        }
        Message::Piece { number, base64 } => app.append(number, &base64, onward(navigator), reply),
    }
}

/// The way to where an action leads that begins now, at a component's moment: only there it is known where one is. One photo after
/// another is no way to go back through.
pub fn onward(navigator: Navigator) -> impl Fn(Destination) + 'static {
    let here = router().full_route_string();
    move |destination| {
        match here == destination.to_string() {
            true => navigator.replace(destination),
            false => navigator.push(destination),
        };
    }
}
