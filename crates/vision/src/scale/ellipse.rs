//! An ellipse on a photo: what a coin looks like, seen from any side.

use serde::{Deserialize, Serialize};

/// An ellipse, in pixels of the photo, whose y runs downwards.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ellipse {
    /// Columns and rows from the upper left corner.
    pub centre_px: [f32; 2],
    /// Half of the longest and half of the shortest diameter, in this order, both above 0.
    pub semi_axes_px: [f32; 2],
    /// From the x axis to the longest diameter, clockwise as it is seen; a half-turn changes nothing.
    pub angle_rad: f32,
}

impl Ellipse {
    /// A circle.
    pub fn circle(centre_px: [f32; 2], radius_px: f32) -> Self {
        Self { centre_px, semi_axes_px: [radius_px, radius_px], angle_rad: 0.0 }
    }

    /// The same with the longer axis first, and the angle within a half-turn.
    pub fn ordered(self) -> Self {
        let [a, b] = self.semi_axes_px;
        let (semi_axes_px, turned) =
            if a >= b { ([a, b], 0.0) } else { ([b, a], std::f32::consts::FRAC_PI_2) };
        let angle_rad = (self.angle_rad + turned).rem_euclid(std::f32::consts::PI);
        Self { semi_axes_px, angle_rad, ..self }
    }

    /// Whether it can be one: finite, and neither axis without length.
    pub fn is_sound(&self) -> bool {
        let all = [self.centre_px[0], self.centre_px[1], self.angle_rad];
        all.iter().all(|value| value.is_finite())
            && self.semi_axes_px.iter().all(|axis| axis.is_finite() && *axis > 0.0)
    }

    /// A step on the photo in units of the semi-axes: (1, 0) leads from the centre along the first one to the outline.
    pub fn in_axes(&self, [dx, dy]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.angle_rad.sin_cos();
        [(dx * cos + dy * sin) / self.semi_axes_px[0], (dy * cos - dx * sin) / self.semi_axes_px[1]]
    }

    /// How far from the centre a point lies: 0 there, 1 on the outline, 2 twice as far.
    pub fn away(&self, [x, y]: [f32; 2]) -> f32 {
        let [u, v] = self.in_axes([x - self.centre_px[0], y - self.centre_px[1]]);
        u.hypot(v)
    }

    /// The point of the outline at `turn` radians, counted along the ellipse from the end of its first axis.
    pub fn point(&self, turn: f32) -> [f32; 2] {
        let ((sin, cos), (s, c)) = (self.angle_rad.sin_cos(), turn.sin_cos());
        let [u, v] = [c * self.semi_axes_px[0], s * self.semi_axes_px[1]];
        [self.centre_px[0] + u * cos - v * sin, self.centre_px[1] + u * sin + v * cos]
    }

    /// The same on a picture that has `factor` times the pixels across and down.
    pub fn scaled(self, factor: f32) -> Self {
        Self {
            centre_px: self.centre_px.map(|at| at * factor),
            semi_axes_px: self.semi_axes_px.map(|axis| axis * factor),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_the_outline_are_on_it() {
        let ellipse = Ellipse { centre_px: [40.0, -7.0], semi_axes_px: [30.0, 12.0], angle_rad: 0.6 };
        for step in 0..20 {
            let away = ellipse.away(ellipse.point(step as f32 * 0.31));
            assert!((away - 1.0).abs() < 1e-4, "{away}");
        }
        assert_eq!(ellipse.away(ellipse.centre_px), 0.0);
        let [x, y] = ellipse.point(0.0);
        assert!(
            (x - 40.0 - 30.0 * 0.6_f32.cos()).abs() < 1e-3 && (y + 7.0 - 30.0 * 0.6_f32.sin()).abs() < 1e-3
        );
    }

    #[test]
    fn ordered_it_is_the_same_ellipse() {
        let lying = Ellipse { centre_px: [1.0, 2.0], semi_axes_px: [5.0, 9.0], angle_rad: -0.4 };
        let ordered = lying.ordered();
        assert_eq!(ordered.semi_axes_px, [9.0, 5.0]);
        assert!((0.0..std::f32::consts::PI).contains(&ordered.angle_rad));
        for step in 0..20 {
            assert!((ordered.away(lying.point(step as f32 * 0.31)) - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn what_has_no_size_is_not_sound() {
        assert!(Ellipse::circle([0.0, 0.0], 3.0).is_sound());
        assert!(!Ellipse::circle([0.0, 0.0], 0.0).is_sound());
        assert!(!Ellipse::circle([f32::NAN, 0.0], 3.0).is_sound());
    }
}
