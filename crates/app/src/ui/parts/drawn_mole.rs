//! Moles drawn from a few numbers, and described in words from the same numbers; they are nobody's skin.

use std::f32::consts::TAU;

use dioxus::prelude::*;

use crate::ui::state::App;
use wording::Wording;

/// So many points make an outline.
const POINTS: usize = 180;
/// Width and height of the skin around a single mole, in millimetres.
const FIELD: [f32; 2] = [14.0, 14.0];
/// Length of the mark in the corner, in millimetres: what the D of ABCDE is measured by.
const MARK: f32 = 6.0;
/// From here on, the halves of an outline are unlike each other to the eye.
const LOPSIDED: f32 = 0.06;
/// From here on, an outline is longer than it is wide to the eye.
const OVAL: f32 = 1.2;
/// From here on, an edge is notched to the eye.
const RAGGED: f32 = 1.3;

/// A colour of skin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skin {
    /// Light.
    Light,
    /// Light brown.
    Tan,
    /// Dark brown.
    Dark,
}

impl Skin {
    fn rgb(self) -> [u8; 3] {
        match self {
            Self::Light => [241, 217, 198],
            Self::Tan => [217, 172, 132],
            Self::Dark => [162, 114, 84],
        }
    }
}

/// A colour of a mole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// Brown.
    Brown,
    /// Dark brown.
    DarkBrown,
    /// Black.
    Black,
    /// Blue-grey.
    BlueGrey,
    /// Red.
    Red,
    /// White.
    White,
}

impl Shade {
    #[cfg(test)]
    const ALL: [Self; 6] =
        [Self::Brown, Self::DarkBrown, Self::Black, Self::BlueGrey, Self::Red, Self::White];

    fn rgb(self) -> [u8; 3] {
        match self {
            Self::Brown => [132, 82, 50],
            Self::DarkBrown => [74, 42, 26],
            Self::Black => [24, 15, 14],
            Self::BlueGrey => [84, 100, 128],
            Self::Red => [168, 48, 46],
            Self::White => [244, 236, 230],
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Brown => "shade-brown",
            Self::DarkBrown => "shade-dark-brown",
            Self::Black => "shade-black",
            Self::BlueGrey => "shade-blue-grey",
            Self::Red => "shade-red",
            Self::White => "shade-white",
        }
    }
}

/// A wave along an outline: what makes it unlike a circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wave {
    /// How often it rises on the way around.
    pub count: u8,
    /// How far it rises, as a share of the radius.
    pub depth: f32,
    /// Where on the way around it begins, in radians.
    pub turn: f32,
}

/// A part of a mole that has another colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch {
    /// Its colour.
    pub shade: Shade,
    /// Its middle, as shares of the mole's radius.
    pub at: [f32; 2],
    /// Its radius, as a share of the mole's.
    pub radius: f32,
}

impl Patch {
    /// Its outline in a mole of this radius: no stain is a circle.
    fn reach(&self, radius: f32) -> Vec<f32> {
        let waves = [Wave { count: 2, depth: 0.12, turn: 1.0 }, Wave { count: 3, depth: 0.1, turn: 0.3 }];
        reach(self.radius * radius, &waves)
    }
}

/// A mole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mole {
    /// Half of its mean diameter, in millimetres.
    pub radius: f32,
    /// What makes its outline unlike a circle.
    pub waves: &'static [Wave],
    /// Its colour.
    pub shade: Shade,
    /// Where it has others.
    pub patches: &'static [Patch],
    /// Whether it rises from the skin like a dome.
    pub raised: bool,
}

impl Mole {
    /// Its outline, in millimetres.
    fn reach(&self) -> Vec<f32> {
        reach(self.radius, self.waves)
    }

    /// How unlike its halves are: the mean difference between the outline and its mirror image, as a share of the radius, for the
    /// axis along which they are most alike.
    pub fn asymmetry(&self) -> f32 {
        let reach = self.reach();
        let difference = |axis: usize| {
            let pairs = (0..POINTS)
                .map(|step| (reach[(axis + step) % POINTS], reach[(axis + POINTS - step) % POINTS]));
            pairs.map(|(one, other)| (one - other).abs()).sum::<f32>() / POINTS as f32
        };
        (0..POINTS).map(difference).fold(f32::INFINITY, f32::min) / self.radius
    }

    /// Its diameters: the longest, and the shortest.
    pub fn diameters(&self) -> (f32, f32) {
        let reach = self.reach();
        let across = (0..POINTS / 2).map(|point| reach[point] + reach[point + POINTS / 2]);
        across.fold((0.0, f32::INFINITY), |(longest, shortest), across| {
            (f32::max(longest, across), f32::min(shortest, across))
        })
    }

    /// How ragged its edge is: the square of its length for the area within; 1 is a circle's.
    pub fn raggedness(&self) -> f32 {
        let points = points(&self.reach());
        let pairs = || points.iter().zip(points.iter().cycle().skip(1));
        let length: f32 = pairs().map(|([x, y], [next_x, next_y])| (next_x - x).hypot(next_y - y)).sum();
        let area: f32 = pairs().map(|([x, y], [next_x, next_y])| (x * next_y - next_x * y) / 2.0).sum();
        length * length / (2.0 * TAU * area)
    }

    /// Its colours, each once.
    pub fn shades(&self) -> Vec<Shade> {
        let mut shades = vec![self.shade];
        for patch in self.patches {
            if !shades.contains(&patch.shade) {
                shades.push(patch.shade);
            }
        }
        shades
    }

    /// Fails where it can't be seen on this skin, where a patch leaves it, or where it leaves its piece of skin.
    #[cfg(test)]
    pub fn assert_drawable(&self, skin: Skin) {
        let contrast = contrast(self.shade.rgb(), skin.rgb());
        assert!(contrast >= 3.0, "{:?} on {skin:?}: {contrast}", self.shade);
        let reach = self.reach();
        for patch in self.patches {
            for [x, y] in points(&patch.reach(self.radius)) {
                let (x, y) = (x + patch.at[0] * self.radius, y + patch.at[1] * self.radius);
                let point = (y.atan2(x).rem_euclid(TAU) / TAU * POINTS as f32) as usize % POINTS;
                assert!(x.hypot(y) < reach[point], "{patch:?} of {self:?}");
            }
        }
        assert!(reach.iter().all(|reach| *reach < FIELD[1] / 2.0 - 1.5), "{self:?}");
    }

    /// What is seen of it, for those who can't: no judgement.
    pub fn describe(&self, words: &Wording) -> String {
        let (longest, shortest) = self.diameters();
        let shape = match () {
            () if self.asymmetry() > LOPSIDED => "shape-lopsided",
            () if longest / shortest > OVAL => "shape-oval",
            () => "shape-round",
        };
        let edge = if self.raggedness() > RAGGED { "edge-ragged" } else { "edge-smooth" };
        let height = if self.raised { "height-raised" } else { "height-flat" };
        let shades: Vec<String> = self.shades().into_iter().map(|shade| words.say(shade.key())).collect();
        let facts = [
            ("shape", words.say(shape).into()),
            ("edge", words.say(edge).into()),
            ("colours", shades.join(", ").into()),
            ("size", format!("{longest:.0}").into()),
            ("height", words.say(height).into()),
        ];
        words.text("drawn-mole", &facts)
    }
}

/// An outline as how far it is from its middle at each of the [`POINTS`] angles.
fn reach(radius: f32, waves: &[Wave]) -> Vec<f32> {
    let rise = |wave: &Wave, at: f32| wave.depth * (f32::from(wave.count) * at + wave.turn).cos();
    let at = |at: f32| radius * (1.0 + waves.iter().map(|wave| rise(wave, at)).sum::<f32>());
    (0..POINTS).map(|point| at(angle(point))).collect()
}

/// The angle of the outline's point of this number, in radians.
fn angle(point: usize) -> f32 {
    point as f32 / POINTS as f32 * TAU
}

/// The points of an outline around its middle.
fn points(reach: &[f32]) -> Vec<[f32; 2]> {
    let point = |(point, reach): (usize, &f32)| [reach * angle(point).cos(), reach * angle(point).sin()];
    reach.iter().enumerate().map(point).collect()
}

/// An outline around a place, as an SVG path.
fn path(reach: &[f32], [x, y]: [f32; 2]) -> String {
    let points: Vec<String> =
        points(reach).iter().map(|[right, down]| format!("{:.2} {:.2}", x + right, y + down)).collect();
    format!("M{}Z", points.join("L"))
}

fn css([red, green, blue]: [u8; 3]) -> String {
    format!("rgb({red}, {green}, {blue})")
}

/// How far two colours stand out from each other: WCAG 2.2, contrast ratio.
#[cfg(test)]
fn contrast(one: [u8; 3], other: [u8; 3]) -> f32 {
    let luminance = |colour: [u8; 3]| {
        let linear = colour.map(|value| match f32::from(value) / 255.0 {
            value if value <= 0.04045 => value / 12.92,
            value => ((value + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    f32::max(one / other, other / one)
}

/// One mole in the middle of its skin, described in words.
#[component]
pub fn DrawnMole(mole: Mole, skin: Skin) -> Element {
    let words = use_context::<App>().words();
    let [width, height] = FIELD;
    // A little above the middle: the mark lies below.
    let moles = vec![(mole, [width / 2.0, height / 2.0 - 0.5])];
    rsx! {
        DrawnSkin { skin, field: FIELD, moles, label: mole.describe(&words) }
    }
}

/// A piece of skin of this width and height in millimetres, with moles at these places, and a mark of 6 millimetres.
#[component]
pub fn DrawnSkin(skin: Skin, field: [f32; 2], moles: Vec<(Mole, [f32; 2])>, label: String) -> Element {
    let [width, height] = field;
    rsx! {
        svg {
            class: "drawn",
            view_box: "0 0 {width} {height}",
            role: "img",
            "aria-label": "{label}",
            rect { width: "{width}", height: "{height}", fill: css(skin.rgb()) }
            for (number, (mole, place)) in moles.into_iter().enumerate() {
                g { key: "{number}", Outlined { mole, place } }
            }
            path {
                d: "M1 {height - 1.7:.1}v.8M1 {height - 1.3:.1}h{MARK}M{1.0 + MARK} {height - 1.7:.1}v.8",
                fill: "none",
                stroke: "rgb(24, 15, 14)",
                stroke_width: ".22",
            }
        }
    }
}

/// A mole's outline with its colours, and light and shadow where it is raised.
#[component]
fn Outlined(mole: Mole, place: [f32; 2]) -> Element {
    let [x, y] = place;
    let reach = mole.reach();
    let scaled = |share: f32| reach.iter().map(|reach| reach * share).collect::<Vec<f32>>();
    let patches = mole.patches.iter().map(|patch| {
        let middle = [x + patch.at[0] * mole.radius, y + patch.at[1] * mole.radius];
        (path(&patch.reach(mole.radius), middle), css(patch.shade.rgb()))
    });
    rsx! {
        if mole.raised {
            path { d: path(&scaled(1.04), [x + 0.14 * mole.radius, y + 0.18 * mole.radius]), fill: "black", opacity: ".3" }
        }
        // No mole ends like a paper cut-out.
        path { d: path(&scaled(1.05), place), fill: css(mole.shade.rgb()), opacity: ".4" }
        path { d: path(&reach, place), fill: css(mole.shade.rgb()) }
        for (number, (outline, colour)) in patches.enumerate() {
            path { key: "{number}", d: outline, fill: colour }
        }
        if mole.raised {
            ellipse {
                cx: "{x - 0.36 * mole.radius:.2}",
                cy: "{y - 0.4 * mole.radius:.2}",
                rx: "{0.3 * mole.radius:.2}",
                ry: "{0.2 * mole.radius:.2}",
                fill: "white",
                opacity: ".5",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wording::Language;

    const ROUND: Mole = Mole { radius: 2.5, waves: &[], shade: Shade::Brown, patches: &[], raised: false };
    const OVAL: Mole = Mole { waves: &[Wave { count: 2, depth: 0.15, turn: 0.4 }], ..ROUND };
    const LOPSIDED: Mole = Mole {
        waves: &[Wave { count: 2, depth: 0.2, turn: 0.0 }, Wave { count: 3, depth: 0.2, turn: 0.8 }],
        ..ROUND
    };
    const RAGGED: Mole = Mole { waves: &[Wave { count: 11, depth: 0.1, turn: 0.0 }], ..ROUND };

    #[test]
    fn only_unlike_halves_are_asymmetric_however_they_lie() {
        assert!(ROUND.asymmetry() < 0.001 && OVAL.asymmetry() < 0.02, "{}", OVAL.asymmetry());
        assert!(LOPSIDED.asymmetry() > super::LOPSIDED, "{}", LOPSIDED.asymmetry());
    }

    #[test]
    fn only_notches_make_an_edge_ragged() {
        assert!((ROUND.raggedness() - 1.0).abs() < 0.01, "{}", ROUND.raggedness());
        assert!(OVAL.raggedness() < 1.15 && RAGGED.raggedness() > 1.4, "{}", RAGGED.raggedness());
        assert!(LOPSIDED.raggedness() < super::RAGGED, "{}", LOPSIDED.raggedness());
    }

    #[test]
    fn the_words_say_what_is_drawn() {
        let words = Wording::new(Language::English);
        assert_eq!(
            ROUND.describe(&words),
            "A drawn spot. Shape: round. Edge: smooth. Colour: brown. Across: about 5 mm. Height: flat."
        );
        let patches = &[Patch { shade: Shade::Black, at: [0.0, 0.2], radius: 0.3 }];
        let other = Mole { radius: 4.0, shade: Shade::Red, patches, raised: true, ..RAGGED }.describe(&words);
        for fact in ["ragged", "red, black", "8 mm", "dome"] {
            assert!(other.contains(fact), "{fact}: {other}");
        }
        assert!(OVAL.describe(&words).contains("oval") && LOPSIDED.describe(&words).contains("lopsided"));
        for words in Language::ALL.map(Wording::new) {
            for shade in Shade::ALL {
                let text = Mole { shade, ..ROUND }.describe(&words);
                assert!(text.ends_with('.') && !text.contains("shade-") && !text.contains('{'), "{text}");
            }
        }
    }
}
