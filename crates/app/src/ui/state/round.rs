//! Looking at all spots that are due, one after the other.

use dioxus::prelude::*;
use jiff::civil::Date;

use super::App;
use archive::record::{BodySide, Spot, SpotId};

/// A round under way. Which spots are still to come is what is due, so that a round that was left goes on where it was, even after a
/// restart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Round {
    /// Those that were passed over this time.
    passed: Vec<SpotId>,
    /// Whether somebody else takes the photos: then only of the back, which one can't photograph oneself.
    pub partner: bool,
}

impl Round {
    /// The spots that are still to come: down the front, then down the back.
    fn to_come(&self, mut due: Vec<Spot>) -> Vec<Spot> {
        due.retain(|spot| !self.passed.contains(&spot.id));
        due.retain(|spot| !self.partner || spot.place.side == BodySide::Back);
        due.sort_by(|one, other| {
            let side = |spot: &Spot| spot.place.side == BodySide::Back;
            side(one).cmp(&side(other)).then(one.place.y.total_cmp(&other.place.y))
        });
        due
    }
}

impl App {
    /// The round under way.
    pub fn round(self) -> Option<Round> {
        self.round.cloned()
    }

    /// Begins a round, or goes on with the one under way.
    pub fn begin_round(mut self) {
        self.round.write().get_or_insert_default();
    }

    /// Ends the round.
    pub fn end_round(mut self) {
        self.round.set(None);
    }

    /// Changes whether somebody else takes the photos.
    pub fn with_partner(mut self, partner: bool) {
        if let Some(round) = self.round.write().as_mut() {
            round.partner = partner;
        }
    }

    /// Passes a spot over this time; it stays due.
    pub fn pass(mut self, spot: SpotId) {
        if let Some(round) = self.round.write().as_mut() {
            round.passed.push(spot);
        }
    }

    /// Takes back what was passed over.
    pub fn pass_none(mut self) {
        if let Some(round) = self.round.write().as_mut() {
            round.passed.clear();
        }
    }

    /// The spots that are still to come in the round under way, and how many of those that are due were passed over.
    pub fn to_come(self, today: Date) -> (Vec<Spot>, usize) {
        let (Some(round), Some(page)) = (self.round(), self.page()) else { return Default::default() };
        let contents = self.whose().of(&page.contents);
        let due: Vec<Spot> = contents.due(today).into_iter().cloned().collect();
        let passed = due.iter().filter(|spot| round.passed.contains(&spot.id)).count();
        (round.to_come(due), passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archive::made_up;
    use archive::record::Place;

    #[test]
    fn a_round_goes_down_the_front_and_then_down_the_back() {
        let spot = |name: &str, side, y| Spot { place: Place { side, x: 0.5, y }, ..made_up::spot(name) };
        let due = vec![
            spot("calf", BodySide::Back, 0.8),
            spot("knee", BodySide::Front, 0.7),
            spot("neck", BodySide::Back, 0.1),
            spot("cheek", BodySide::Front, 0.05),
        ];
        let names = |round: &Round| -> Vec<String> {
            round.to_come(due.clone()).into_iter().map(|spot| spot.name).collect()
        };
        let mut round = Round::default();
        assert_eq!(names(&round), ["cheek", "knee", "neck", "calf"]);
        round.passed.push(due[1].id);
        assert_eq!(names(&round), ["cheek", "neck", "calf"]);
        round.partner = true;
        assert_eq!(names(&round), ["neck", "calf"]);
    }
}
