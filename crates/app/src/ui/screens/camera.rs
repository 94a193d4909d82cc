//! The desktop's camera: a live picture with the square that will be looked at, and a shutter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use dioxus::prelude::*;
use futures_channel::mpsc;
use futures_util::StreamExt;
use image::RgbImage;

use crate::capture::camera::{Camera as Opened, CameraError, Device, FileCamera, Source, devices};
use crate::ui::parts::{Bar, Glyph, Icon, PhotoInput};
use crate::ui::pictures::Picture;
use crate::ui::state::App;
use crate::ui::vision_worker;

/// Pictures that may wait to be shown: the newest counts, older ones are dropped.
const WAITING: usize = 1;

/// A picture as it came, and as the screen can show it.
#[derive(Clone)]
struct Shot {
    pixels: Arc<RgbImage>,
    shown: Picture,
}

/// What the camera shows.
#[component]
pub fn Camera() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let mut chosen = use_signal(|| 0u32);
    let mut shot = use_signal(|| None::<Shot>);
    let mut failed = use_signal(|| None::<CameraError>);
    let known = use_hook(devices);
    use_resource(move || async move {
        let mut pictures = stream(chosen());
        shot.set(None);
        failed.set(None);
        while let Some(picture) = pictures.receiver.next().await {
            match picture {
                Ok(picture) => shot.set(Some(picture)),
                Err(error) => failed.set(Some(error)),
            }
        }
    });
    let explained = failed().map(|error| match error {
        CameraError::Missing => words.say("camera-missing"),
        CameraError::Busy => words.say("camera-busy"),
        CameraError::Forbidden => words.say("camera-forbidden"),
        CameraError::Broken(_) => words.say("camera-broken"),
    });
    rsx! {
        main { class: "screen",
            Bar { title: words.say("home-take") }
            if known.len() > 1 {
                Devices { known: known.clone(), chosen: chosen(), onchoose: move |index| chosen.set(index) }
            }
            if let Some(text) = explained {
                div { class: "card", role: "alert", id: "camera-error",
                    p { "{text}" }
                    PhotoInput { id: "instead", label: words.say("home-choose"), camera: false, class: "button quiet" }
                }
            } else {
                div { class: "viewport live",
                    if let Some(shot) = shot() {
                        img { id: "live", src: shot.shown.address(), alt: words.say("camera-live") }
                    }
                    div { class: "ring", "aria-hidden": "true" }
                }
                p { class: "soft", {words.say("home-lead")} }
                button {
                    class: "button large",
                    id: "shutter",
                    disabled: shot.read().is_none(),
                    onclick: move |_| {
                        if let Some(shot) = shot() {
                            app.take(shot.pixels.as_ref().clone(), move |destination| {
                                navigator.push(destination);
                            });
                        }
                    },
                    Glyph { icon: Icon::Camera }
                    span { {words.say("camera-shutter")} }
                }
            }
        }
    }
}

#[component]
fn Devices(known: Vec<Device>, chosen: u32, onchoose: EventHandler<u32>) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        label { class: "field",
            span { {words.say("camera-which")} }
            select {
                onchange: move |event| {
                    if let Ok(index) = event.value().parse() {
                        onchoose.call(index);
                    }
                },
                for device in known {
                    option { key: "{device.index}", value: "{device.index}", selected: device.index == chosen, "{device.name}" }
                }
            }
        }
    }
}

/// Pictures until it is dropped.
struct Pictures {
    receiver: mpsc::Receiver<Result<Shot, CameraError>>,
    wanted: Arc<AtomicBool>,
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::Relaxed);
    }
}

/// Opens a camera on a thread of its own, which ends when nobody wants pictures any more.
fn stream(index: u32) -> Pictures {
    let (mut sender, receiver) = mpsc::channel(WAITING);
    let wanted = Arc::new(AtomicBool::new(true));
    let go_on = Arc::clone(&wanted);
    thread::spawn(move || {
        let mut source = match open(index) {
            Ok(source) => source,
            Err(error) => {
                let _ = sender.try_send(Err(error));
                return;
            }
        };
        while go_on.load(Ordering::Relaxed) {
            match source.next_frame() {
                Ok(pixels) => {
                    let shown = vision_worker::live(&pixels);
                    // A full queue means that the screen is behind: this picture is left out.
                    let _ = sender.try_send(Ok(Shot { pixels: Arc::new(pixels), shown }));
                }
                Err(error) => {
                    let _ = sender.try_send(Err(error));
                    return;
                }
            }
        }
    });
    Pictures { receiver, wanted }
}

/// `SPOTCHECK_CAMERA_FILES` names pictures, separated as in `PATH`, that take the camera's place.
fn open(index: u32) -> Result<Box<dyn Source>, CameraError> {
    match std::env::var_os("SPOTCHECK_CAMERA_FILES") {
        Some(paths) => Ok(Box::new(FileCamera::new(std::env::split_paths(&paths).collect()))),
        None => Ok(Box::new(Opened::open(index)?)),
    }
}
