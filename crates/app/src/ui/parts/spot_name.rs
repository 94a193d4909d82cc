//! What a spot is called.

use super::body_map::region;
use archive::record::{BodySide, Spot};
use wording::Wording;

/// Most characters of a spot's name.
pub const MOST_NAME: usize = 60;

/// A spot's name, or where it is.
pub fn title(words: &Wording, spot: &Spot) -> String {
    if !spot.name.is_empty() {
        return spot.name.clone();
    }
    let side = match spot.place.side {
        BodySide::Front => words.say("map-front"),
        BodySide::Back => words.say("map-back"),
    };
    format!("{} ({})", region(words, spot.place), side.to_lowercase())
}
