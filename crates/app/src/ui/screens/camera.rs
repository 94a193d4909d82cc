//! The camera: a live picture with the square that will be looked at, what is wrong with it, and a shutter.

#[cfg(feature = "camera")]
mod desk;
mod page;

use dioxus::prelude::*;

use crate::capture::live::CameraError;
use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Glyph, Icon, PhotoInput};
use crate::ui::pictures;
use crate::ui::state::App;
use archive::record::RecordKind;
#[cfg(feature = "camera")]
use desk::Desk;
use page::Page;
use vision::photo::live::Told;

/// How much of the last picture lies over the live one, in percent.
#[derive(Clone, Copy)]
struct Share(Signal<u32>);

/// What the camera shows.
#[component]
pub fn Camera() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    use_hook(|| app.begin_live());
    let share = use_context_provider(|| Share(Signal::new(50)));
    let mut shots = use_signal(|| 0u32);
    let live = app.live();
    let ready = live.open;
    // Once: a photo that could not be read is not taken again and again.
    use_effect(move || {
        let due = app.live().is_due() && app.settings().auto_shot;
        if due && *shots.peek() == 0 {
            shots.set(1);
        }
    });
    let locked = use_memo(move || matches!(app.archive_state(), ArchiveState::Locked));
    let mut was_locked = use_signal(|| *locked.peek());
    use_effect(move || {
        if locked() && !*was_locked.peek() {
            navigator.replace(Destination::Home);
        }
        was_locked.set(locked());
    });
    rsx! {
        main { class: "screen",
            Bar { title: words.say("home-take") }
            if let Some(error) = live.failed.clone() {
                Failed { error }
            } else {
                Eye { shots: shots() }
                div { class: "hint", role: "status",
                    match live.told() {
                        None => rsx! {},
                        Some(Told::Good) => rsx! {
                            p { class: "good",
                                Glyph { icon: Icon::Check, size: 20 }
                                span { {words.say("camera-good")} }
                            }
                        },
                        Some(told) => rsx! {
                            p { class: "fault",
                                Glyph { icon: Icon::Warning, size: 20 }
                                span {
                                    {
                                        match told {
                                            Told::Dark => words.say("camera-dark"),
                                            Told::Bright => words.say("camera-bright"),
                                            Told::Blurred => words.say("camera-blurred"),
                                            Told::Moving | Told::Good => words.say("camera-moving"),
                                        }
                                    }
                                }
                            }
                        },
                    }
                }
                if ghost(app).is_some() {
                    label { class: "field",
                        span { {words.say("camera-ghost")} }
                        input {
                            r#type: "range",
                            id: "ghost-share",
                            min: "0",
                            max: "100",
                            value: "{share.0}",
                            oninput: move |event| {
                                let mut share = share.0;
                                share.set(event.value().parse().unwrap_or(50));
                            },
                        }
                    }
                }
                button {
                    class: "button large",
                    id: "shutter",
                    disabled: !ready,
                    onclick: move |_| shots += 1,
                    Glyph { icon: Icon::Camera }
                    span { {words.say("camera-shutter")} }
                }
                label { class: "choice",
                    input {
                        r#type: "checkbox",
                        id: "auto-shot",
                        checked: app.settings().auto_shot,
                        onchange: move |event| app.set(|settings| settings.auto_shot = event.checked()),
                    }
                    span { {words.say("camera-auto")} }
                }
                if is_of_page() {
                    PhotoInput { id: "system-camera", label: words.say("camera-system"), camera: true, class: "button quiet" }
                }
            }
        }
    }
}

/// Whether the page's camera delivers: on phones, and for tests where `SPOTCHECK_PAGE_CAMERA` is set.
fn is_of_page() -> bool {
    cfg!(not(feature = "camera")) || std::env::var_os("SPOTCHECK_PAGE_CAMERA").is_some()
}

/// The live picture of the camera that there is.
#[component]
fn Eye(shots: u32) -> Element {
    #[cfg(feature = "camera")]
    if !is_of_page() {
        return rsx! {
            Desk { shots }
        };
    }
    rsx! {
        Page { shots }
    }
}

/// Calls `shoot` whenever the number of shots has changed.
#[cfg(feature = "camera")]
fn use_shots(shots: u32, shoot: impl Fn() + 'static) {
    let mut done = use_signal(|| shots);
    use_effect(use_reactive!(|shots| {
        if *done.peek() != shots {
            done.set(shots);
            shoot();
        }
    }));
}

/// Where the last picture of the spot lies that the next check is meant for.
fn ghost(app: App) -> Option<String> {
    let page = app.page()?;
    let last = page.contents.timeline(app.target()?).last()?;
    Some(pictures::kept(last.id, RecordKind::Crop))
}

/// That picture over the live one, in the same square.
#[component]
fn Ghost() -> Element {
    let app = use_context::<App>();
    let Share(share) = use_context::<Share>();
    rsx! {
        if let Some(address) = ghost(app) {
            img { id: "ghost", src: address, alt: "", style: "opacity: {share}%" }
        }
    }
}

/// Why there is no picture, and the ways out.
#[component]
fn Failed(error: CameraError) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let text = match error {
        CameraError::Missing => words.say("camera-missing"),
        CameraError::Busy => words.say("camera-busy"),
        CameraError::Forbidden => words.say("camera-forbidden"),
        CameraError::Broken(_) => words.say("camera-broken"),
    };
    rsx! {
        div { class: "card", role: "alert", id: "camera-error",
            p { "{text}" }
            button { class: "button", id: "camera-again", onclick: move |_| app.begin_live(), {words.say("camera-again")} }
            if is_of_page() {
                PhotoInput { id: "system-camera", label: words.say("camera-system"), camera: true, class: "button quiet" }
            }
            PhotoInput { id: "instead", label: words.say("home-choose"), camera: false, class: "button quiet" }
        }
    }
}
