//! Which part of the body a place on the map is.

use super::record::{BodySide, Place, Spot};

/// A part of the body, as coarse as the map tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    /// The face.
    Face,
    /// The head from behind.
    Head,
    /// The neck, from any side.
    Neck,
    /// The chest.
    Chest,
    /// The belly.
    Belly,
    /// The upper back.
    UpperBack,
    /// The lower back.
    LowerBack,
    /// The buttocks.
    Buttocks,
    /// The groin.
    Groin,
    /// An arm.
    Arm(Laterality),
    /// A hand.
    Hand(Laterality),
    /// A leg.
    Leg(Laterality),
    /// A foot.
    Foot(Laterality),
}

/// A half of the body, as its owner calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Laterality {
    /// Their left.
    Left,
    /// Their right.
    Right,
}

impl Region {
    /// Where a place on the map is.
    pub fn of(place: Place) -> Self {
        let Place { side, x, y } = place;
        let front = side == BodySide::Front;
        // Somebody who faces us has the right arm on our left.
        let ours_left = x < 0.5;
        let own = if ours_left == front { Laterality::Right } else { Laterality::Left };
        match () {
            () if y < 0.145 => [Self::Head, Self::Face][usize::from(front)],
            () if !(0.31..=0.69).contains(&x) && y < 0.6 => {
                if y < 0.49 {
                    Self::Arm(own)
                } else {
                    Self::Hand(own)
                }
            }
            () if y < 0.17 => Self::Neck,
            () if y < 0.32 => [Self::UpperBack, Self::Chest][usize::from(front)],
            () if front && y < 0.515 => Self::Belly,
            () if !front && y < 0.46 => Self::LowerBack,
            () if y < 0.57 && !front => Self::Buttocks,
            () if y < 0.57 && (0.4..=0.6).contains(&x) => Self::Groin,
            () if y < 0.93 => Self::Leg(own),
            () => Self::Foot(own),
        }
    }

    /// Which half of the body it is on, where it is of one.
    pub fn laterality(self) -> Option<Laterality> {
        match self {
            Self::Arm(own) | Self::Hand(own) | Self::Leg(own) | Self::Foot(own) => Some(own),
            _ => None,
        }
    }
}

impl Spot {
    /// Where it is; none of a spot that was lost, whose place nobody knows.
    pub fn region(&self) -> Option<Region> {
        (!self.recovered).then(|| Region::of(self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_and_right_are_the_owners_on_both_sides_of_the_map() {
        let at = |side, x, y| Region::of(Place { side, x, y });
        assert_eq!(at(BodySide::Front, 0.2, 0.4), Region::Arm(Laterality::Right));
        assert_eq!(at(BodySide::Back, 0.2, 0.4), Region::Arm(Laterality::Left));
        assert_eq!(at(BodySide::Front, 0.6, 0.97), Region::Foot(Laterality::Left));
        assert_eq!(at(BodySide::Front, 0.5, 0.08), Region::Face);
        assert_eq!(at(BodySide::Back, 0.5, 0.08), Region::Head);
        assert_eq!(at(BodySide::Front, 0.5, 0.53).laterality(), None);
    }

    #[test]
    fn the_place_of_a_spot_that_was_lost_is_not_known() {
        let spot = crate::made_up::spot("arm");
        assert!(spot.region().is_some());
        assert_eq!(Spot { recovered: true, ..spot }.region(), None);
    }
}
