//! The app's own few drawings: lines of one width in a square of 24 by 24.

use dioxus::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Back.
    Back,
    /// A book: what to look for.
    ArchiveState,
    /// A camera: take a photo.
    Camera,
    /// A tick in a circle: nothing suspicious, or good enough.
    Check,
    /// A cross: take this away.
    Close,
    /// More lies below.
    Down,
    /// A person: where the spots are.
    Person,
    /// A picture: choose one.
    Picture,
    /// A question mark in a circle: can't tell.
    Question,
    /// A lens over a spot: looking closely.
    Search,
    /// Sliders: settings.
    Sliders,
    /// A padlock: nobody else sees it.
    Lock,
    /// A stethoscope: a doctor.
    Stethoscope,
    /// An exclamation mark in a triangle: something is wrong with the photo.
    Warning,
    /// An exclamation mark in a circle: have it looked at.
    Alert,
    /// A lens with a plus.
    ZoomIn,
    /// A lens with a minus.
    ZoomOut,
}

impl Icon {
    /// Its lines, as an SVG path.
    #[rustfmt::skip]
    fn path(self) -> &'static str {
        match self {
            Self::Back => "M15 5 8 12 15 19",
            Self::ArchiveState => "M12 7v13M12 7C10 5 7 4 3 4v13c4 0 7 1 9 3c2-2 5-3 9-3V4c-4 0-7 1-9 3z",
            Self::Camera => "M4 7h3.5L9.5 4h5L16.5 7H20a1.5 1.5 0 0 1 1.5 1.5V18a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18V8.5A1.5 1.5 0 0 1 4 7zM12 9.5a3.5 3.5 0 0 1 0 7a3.5 3.5 0 0 1 0-7z",
            Self::Check => "M12 2.5a9.5 9.5 0 0 1 0 19a9.5 9.5 0 0 1 0-19zM7.8 12.4 10.8 15.4 16.4 9.2",
            Self::Close => "M6 6 18 18M18 6 6 18",
            Self::Down => "M5 9 12 16 19 9",
            Self::Person => "M12 2.5a2.2 2.2 0 0 1 0 4.4a2.2 2.2 0 0 1 0-4.4zM5 9.5h14M12 9.5v5M9 21.5 12 14.5 15 21.5",
            Self::Picture => "M4.5 3.5h15a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 19V5a1.5 1.5 0 0 1 1.5-1.5zM8.5 7.3a1.7 1.7 0 0 1 0 3.4a1.7 1.7 0 0 1 0-3.4zM21 15.5 16 10.5 6 20.5",
            Self::Question => "M12 2.5a9.5 9.5 0 0 1 0 19a9.5 9.5 0 0 1 0-19zM9 9.3c.4-3 6-3 6 .2c0 2-3 2.2-3 4.3M12 17.2v.1",
            Self::Search => "M3 7.5V4.5A1.5 1.5 0 0 1 4.5 3h3M16.5 3h3A1.5 1.5 0 0 1 21 4.5v3M3 16.5v3A1.5 1.5 0 0 0 4.5 21h3M11.5 7a4.5 4.5 0 0 1 0 9a4.5 4.5 0 0 1 0-9zM15 15 20.5 20.5",
            Self::Sliders => "M4 6h8M16.5 6H20M14.25 3.75a2.25 2.25 0 0 1 0 4.5a2.25 2.25 0 0 1 0-4.5zM4 12h2M10.5 12H20M8.25 9.75a2.25 2.25 0 0 1 0 4.5a2.25 2.25 0 0 1 0-4.5zM4 18h9M17.5 18H20M15.25 15.75a2.25 2.25 0 0 1 0 4.5a2.25 2.25 0 0 1 0-4.5z",
            Self::Lock => "M5.5 10.5h13A1.5 1.5 0 0 1 20 12v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 20v-8a1.5 1.5 0 0 1 1.5-1.5zM7.5 10.5V7a4.5 4.5 0 0 1 9 0v3.5",
            Self::Stethoscope => "M6 3H4.5v5.5a4.5 4.5 0 0 0 9 0V3H12M9 13v3a5 5 0 0 0 10 0v-3.5M19 8.5a2 2 0 0 1 0 4a2 2 0 0 1 0-4z",
            Self::Warning => "M12 3.5 22 20.5H2zM12 9.5v5M12 17.4v.1",
            Self::Alert => "M12 2.5a9.5 9.5 0 0 1 0 19a9.5 9.5 0 0 1 0-19zM12 7v6M12 16.7v.1",
            Self::ZoomIn => "M10.5 3a7.5 7.5 0 0 1 0 15a7.5 7.5 0 0 1 0-15zM16 16 21 21M10.5 7.5v6M7.5 10.5h6",
            Self::ZoomOut => "M10.5 3a7.5 7.5 0 0 1 0 15a7.5 7.5 0 0 1 0-15zM16 16 21 21M7.5 10.5h6",
        }
    }
}

/// An icon beside words that say the same.
#[component]
pub fn Glyph(icon: Icon, #[props(default = 24)] size: u32) -> Element {
    rsx! {
        span { class: "glyph", "aria-hidden": "true",
            svg {
                width: "{size}",
                height: "{size}",
                view_box: "0 0 24 24",
                fill: "none",
                stroke: "currentColor",
                stroke_width: "2",
                stroke_linecap: "round",
                stroke_linejoin: "round",
                path { d: icon.path() }
            }
        }
    }
}
