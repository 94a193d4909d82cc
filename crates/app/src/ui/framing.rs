//! The square around the lesion: moved and zoomed within the photo, as numbers without a screen.

use vision::photo::Square;

/// The smallest side that can be zoomed to, in pixels of the photo.
const LEAST_SIDE_PX: f64 = 24.0;

/// Where the square lies on a photo. It never leaves the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Framing {
    /// Width and height of the photo, in pixels.
    photo: [f64; 2],
    /// Middle of the square, in pixels of the photo.
    centre: [f64; 2],
    /// Side of the square, in pixels of the photo.
    side: f64,
}

impl Framing {
    /// The largest square in the middle of a photo of this width and height.
    pub fn central((width, height): (u32, u32)) -> Self {
        let photo = [f64::from(width), f64::from(height)];
        Self { photo, centre: photo.map(|length| length / 2.0), side: photo[0].min(photo[1]) }
    }

    /// Shows what lies to the right and below, by shares of the square's side.
    pub fn moved(self, right: f64, down: f64) -> Self {
        let [x, y] = self.centre;
        Self { centre: [x + right * self.side, y + down * self.side], ..self }.kept_inside()
    }

    /// Makes things `factor` times as large, around a point given in shares of the square from its top left corner.
    pub fn zoomed(self, factor: f64, [x, y]: [f64; 2]) -> Self {
        let side = (self.side / factor).clamp(LEAST_SIDE_PX.min(self.largest()), self.largest());
        let shrunk = self.side - side;
        let centre = [self.centre[0] + (x - 0.5) * shrunk, self.centre[1] + (y - 0.5) * shrunk];
        Self { centre, side, ..self }.kept_inside()
    }

    /// How many times larger than at first things are shown.
    pub fn zoom(self) -> f64 {
        self.largest() / self.side
    }

    /// The most that [`Self::zoom`] can be.
    pub fn most_zoom(self) -> f64 {
        (self.largest() / LEAST_SIDE_PX).max(1.0)
    }

    /// Left edge, top edge and width of the photo on the screen, and its height, in shares of the square's side.
    pub fn placement(self) -> [f64; 4] {
        let start = |axis: usize| 0.5 - self.centre[axis] / self.side;
        [start(0), start(1), self.photo[0] / self.side, self.photo[1] / self.side]
    }

    /// The square in whole pixels of the photo.
    pub fn square(self) -> Square {
        let start = |axis: usize| (self.centre[axis] - self.side / 2.0).round().max(0.0) as u32;
        Square { left: start(0), top: start(1), side: self.side.round() as u32 }
    }

    fn largest(self) -> f64 {
        self.photo[0].min(self.photo[1])
    }

    fn kept_inside(self) -> Self {
        let half = self.side / 2.0;
        let inside = |axis: usize| self.centre[axis].clamp(half, (self.photo[axis] - half).max(half));
        Self { centre: [inside(0), inside(1)], ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_finger() {
        let framing = Framing::central((4000, 3000)).zoomed(2.0, [0.5, 0.5]);
        let place = |framing: Framing, [x, y]: [f64; 2]| {
            let [left, top, width, _] = framing.placement();
            [(x - left) / width, (y - top) / width]
        };
        let finger = [0.3, 0.6];
        let before = place(framing, finger);
        let after = place(framing.zoomed(1.7, finger), finger);
        assert!((before[0] - after[0]).abs() < 1e-9 && (before[1] - after[1]).abs() < 1e-9);
    }

    #[test]
    fn the_largest_square_fills_the_screen() {
        let framing = Framing::central((300, 200));
        assert_eq!(framing.square(), Square { left: 50, top: 0, side: 200 });
        assert_eq!(framing.placement(), [-0.25, 0.0, 1.5, 1.0]);
        assert_eq!(framing.zoomed(0.1, [0.5, 0.5]), framing);
    }

    proptest! {
        #[test]
        fn the_square_never_leaves_the_photo(
            width in 1u32..9000, height in 1u32..9000,
            steps in prop::collection::vec((-2.0..2.0f64, -2.0..2.0f64, 0.1..9.0f64, 0.0..1.0f64), 0..20),
        ) {
            let mut framing = Framing::central((width, height));
            for (right, down, factor, at) in steps {
                framing = framing.moved(right, down).zoomed(factor, [at, 1.0 - at]);
            }
            let square = framing.square();
            prop_assert!(square.side >= 1);
            // Rounding may add half a pixel at each edge; `Photo::fit` takes it off again.
            prop_assert!(square.left + square.side <= width + 1);
            prop_assert!(square.top + square.side <= height + 1);
            prop_assert!(framing.zoom() >= 1.0 - 1e-9 && framing.zoom() <= framing.most_zoom() + 1e-9);
        }
    }
}
