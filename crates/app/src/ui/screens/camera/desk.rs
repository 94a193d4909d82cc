//! The desktop's camera as the source of the live picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dioxus::prelude::*;
use futures_channel::mpsc;
use futures_util::StreamExt;
use image::{GrayImage, RgbImage};

use super::{Ghost, use_shots};
use crate::capture::camera::{Camera as Opened, Device, FileCamera, Source, devices};
use crate::capture::live::CameraError;
use crate::ui::pictures::Picture;
use crate::ui::state::App;
use crate::ui::vision_worker;
use vision::photo::live;

/// Pictures that may wait to be shown: the newest counts, older ones are dropped.
const WAITING: usize = 1;
/// As often as the page's camera sends a frame: movement is what changes from one to the next.
const JUDGED_EVERY: Duration = Duration::from_millis(200);

/// A picture as it came, as the screen can show it, and as it is judged if it is.
#[derive(Clone)]
struct Shot {
    pixels: Arc<RgbImage>,
    shown: Picture,
    frame: Option<GrayImage>,
}

/// The live picture, and which camera it is from.
#[component]
pub fn Desk(shots: u32) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let mut chosen = use_signal(|| 0u32);
    let mut shot = use_signal(|| None::<Shot>);
    let known = use_hook(devices);
    use_resource(move || async move {
        let mut pictures = stream(chosen());
        shot.set(None);
        while let Some(picture) = pictures.receiver.next().await {
            match picture {
                Ok(picture) => {
                    if let Some(frame) = &picture.frame {
                        app.judge(frame);
                    }
                    if shot.peek().is_none() {
                        app.live_opened(false);
                    }
                    shot.set(Some(picture));
                }
                Err(error) => app.live_failed(error),
            }
        }
    });
    use_shots(shots, move || {
        if let Some(shot) = shot.peek().clone() {
            app.take(shot.pixels.as_ref().clone(), move |destination| {
                navigator.push(destination);
            });
        }
    });
    rsx! {
        if known.len() > 1 {
            Devices { known: known.clone(), chosen: chosen(), onchoose: move |index| chosen.set(index) }
        }
        div { class: "viewport live",
            if let Some(shot) = shot() {
                img { id: "live", src: shot.shown.address(), alt: words.say("camera-live") }
            }
            Ghost {}
            div { class: "ring", "aria-hidden": "true" }
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
        let mut judged = None::<Instant>;
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
                    let frame = judged.is_none_or(|judged| judged.elapsed() >= JUDGED_EVERY).then(|| {
                        judged = Some(Instant::now());
                        live::frame(&pixels)
                    });
                    // A full queue means that the screen is behind: this picture is left out.
                    let _ = sender.try_send(Ok(Shot { pixels: Arc::new(pixels), shown, frame }));
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
