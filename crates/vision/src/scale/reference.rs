//! What the size is taken from: a coin, or a length on a ruler.

use serde::{Deserialize, Serialize};

use super::coins::Coin;
use super::ellipse::Ellipse;

/// Something of known size on the photo. All places are in pixels of the photo, whatever is held of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reference {
    /// A coin on the skin.
    Coin {
        /// Of [`super::coins::COINS`]; of a later version's, perhaps.
        key: String,
        /// What it measured when the size was taken.
        diameter_mm: f32,
        /// Where it is.
        ellipse: Ellipse,
        /// By whom it was marked.
        marked: Marked,
    },
    /// A length on a ruler or a printed scale.
    Ruler {
        /// Both ends of it.
        ends_px: [[f32; 2]; 2],
        /// What it says.
        length_mm: f32,
    },
}

/// By whom a coin's outline was marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marked {
    /// [`super::find::find`], and nobody has moved it since.
    Found,
    /// A person, who may be off by a pixel or two of the screen.
    ByHand,
}

impl Reference {
    /// A coin at this place.
    pub fn coin(coin: &Coin, ellipse: Ellipse, marked: Marked) -> Self {
        Self::Coin { key: coin.key.to_owned(), diameter_mm: coin.diameter_mm, ellipse, marked }
    }
}
