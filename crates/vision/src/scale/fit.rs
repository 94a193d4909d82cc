//! Fitting an ellipse to points of an edge: exactly through a few, then closest to many.
//!
//! An ellipse about `c` is all `p` with (p - c)ᵀ S (p - c) = 1. Where the centre is known, S follows from linear equations; five numbers
//! together, by Gauss and Newton's steps on the distance to first order (Sampson 1982), with Tukey's weights against what isn't edge. Unlike
//! axes and an angle, S has no angle that a circle would leave open.

use super::ellipse::Ellipse;

/// An ellipse as its centre and the matrix S = [[p, q], [q, r]].
#[derive(Debug, Clone, Copy)]
pub(super) struct Conic {
    pub centre: [f64; 2],
    pub matrix: [f64; 3],
}

impl Conic {
    /// Through points about a known centre, by the normals there: S d is parallel to the normal n, hence S d = n / (n · d).
    /// `None` where they define none.
    pub fn about(centre: [f64; 2], edges: &[([f64; 2], [f64; 2])]) -> Option<Self> {
        let mut equations = Normal::<3>::default();
        // In units of the size, so that all equations weigh alike.
        let size =
            edges.iter().map(|(at, _)| (at[0] - centre[0]).hypot(at[1] - centre[1])).fold(1.0, f64::max);
        for (at, normal) in edges {
            let [dx, dy] = [(at[0] - centre[0]) / size, (at[1] - centre[1]) / size];
            let along = normal[0] * dx + normal[1] * dy;
            if along.abs() < 1e-3 {
                return None;
            }
            equations.add([dx * dx, 2.0 * dx * dy, dy * dy], 1.0, 4.0);
            equations.add([dx, dy, 0.0], normal[0] / along, 0.5);
            equations.add([0.0, dx, dy], normal[1] / along, 0.5);
        }
        let matrix = equations.solve()?.map(|value| value / (size * size));
        Self { centre, matrix }.sound()
    }

    /// Itself, where it is an ellipse and not another conic section.
    fn sound(self) -> Option<Self> {
        let [p, q, r] = self.matrix;
        let is_ellipse = p > 0.0 && p * r - q * q > 0.0 && self.centre.iter().all(|at| at.is_finite());
        (is_ellipse && (p + r).is_finite()).then_some(self)
    }

    /// How far from the centre, 1 on the outline; and the direction and length of its steepest growth.
    fn growth(&self, at: [f64; 2]) -> (f64, [f64; 2]) {
        let [p, q, r] = self.matrix;
        let [dx, dy] = [at[0] - self.centre[0], at[1] - self.centre[1]];
        let [sx, sy] = [p * dx + q * dy, q * dx + r * dy];
        let away = (dx * sx + dy * sy).max(1e-12).sqrt();
        (away, [sx / away, sy / away])
    }

    /// The distance of a point to the outline, to first order, in pixels, positive outside; and the unit normal there.
    pub fn distance(&self, at: [f64; 2]) -> (f64, [f64; 2]) {
        let (away, [gx, gy]) = self.growth(at);
        let slope = gx.hypot(gy).max(1e-12);
        ((away - 1.0) / slope, [gx / slope, gy / slope])
    }

    /// One step towards the points, whose weights fall to nothing at `reach` pixels; `None` where too few are within.
    pub fn closer(&self, points: &[[f64; 2]], reach: f64) -> Option<Self> {
        let mut equations = Normal::<5>::default();
        let size2 = 1.0 / (self.matrix[0] + self.matrix[2]);
        let mut within = 0;
        for at in points {
            let (away, [gx, gy]) = self.growth(*at);
            let slope = gx.hypot(gy).max(1e-12);
            let distance = (away - 1.0) / slope;
            if distance.abs() >= reach {
                continue;
            }
            within += 1;
            let weight = (1.0 - (distance / reach).powi(2)).powi(2);
            let [dx, dy] = [at[0] - self.centre[0], at[1] - self.centre[1]];
            let by_matrix = [dx * dx, 2.0 * dx * dy, dy * dy].map(|d| d / (2.0 * away) / size2 / slope);
            let row = [-gx / slope, -gy / slope, by_matrix[0], by_matrix[1], by_matrix[2]];
            equations.add(row, -distance, weight);
        }
        if within < 12 {
            return None;
        }
        let step = equations.solve()?;
        let next = Self {
            centre: [self.centre[0] + step[0], self.centre[1] + step[1]],
            matrix: [0, 1, 2].map(|at| self.matrix[at] + step[2 + at] / size2),
        };
        next.sound()
    }

    /// As axes and an angle.
    pub fn ellipse(&self) -> Ellipse {
        let [p, q, r] = self.matrix;
        let (middle, apart) = ((p + r) / 2.0, ((p - r) / 2.0).hypot(q));
        // The smaller eigenvalue belongs to the longer axis.
        let angle = 0.5 * (-2.0 * q).atan2(r - p);
        let [long, short] = [middle - apart, middle + apart].map(|value| 1.0 / value.max(1e-12).sqrt());
        Ellipse {
            centre_px: self.centre.map(|at| at as f32),
            semi_axes_px: [long as f32, short as f32],
            angle_rad: angle as f32,
        }
        .ordered()
    }
}

/// Least squares by the normal equations: N is at most five, and the equations are in units of the size.
struct Normal<const N: usize> {
    matrix: [[f64; N]; N],
    right: [f64; N],
}

impl<const N: usize> Default for Normal<N> {
    fn default() -> Self {
        Self { matrix: [[0.0; N]; N], right: [0.0; N] }
    }
}

impl<const N: usize> Normal<N> {
    fn add(&mut self, row: [f64; N], value: f64, weight: f64) {
        for i in 0..N {
            for j in 0..N {
                self.matrix[i][j] += weight * row[i] * row[j];
            }
            self.right[i] += weight * row[i] * value;
        }
    }

    /// Gauss's elimination with pivots; `None` where the equations leave something open.
    fn solve(mut self) -> Option<[f64; N]> {
        let scale = (0..N).map(|at| self.matrix[at][at]).fold(0.0, f64::max);
        for column in 0..N {
            let best = (column..N)
                .max_by(|a, b| self.matrix[*a][column].abs().total_cmp(&self.matrix[*b][column].abs()))?;
            self.matrix.swap(column, best);
            self.right.swap(column, best);
            let pivot = self.matrix[column][column];
            if pivot.is_nan() || pivot.abs() <= 1e-10 * scale {
                return None;
            }
            for row in column + 1..N {
                let factor = self.matrix[row][column] / pivot;
                for at in column..N {
                    self.matrix[row][at] -= factor * self.matrix[column][at];
                }
                self.right[row] -= factor * self.right[column];
            }
        }
        let mut found = [0.0; N];
        for row in (0..N).rev() {
            let rest: f64 = (row + 1..N).map(|at| self.matrix[row][at] * found[at]).sum();
            found[row] = (self.right[row] - rest) / self.matrix[row][row];
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUE: Ellipse = Ellipse { centre_px: [210.0, 148.0], semi_axes_px: [90.0, 71.0], angle_rad: 0.8 };

    fn points(ellipse: Ellipse, count: usize) -> Vec<[f64; 2]> {
        let turn = |step: usize| step as f32 / count as f32 * std::f32::consts::TAU;
        (0..count).map(|step| ellipse.point(turn(step)).map(f64::from)).collect()
    }

    fn assert_near(found: Ellipse, wanted: Ellipse, least: f32) {
        for at in points(wanted, 24) {
            let off = (found.away(at.map(|at| at as f32)) - 1.0).abs() * wanted.semi_axes_px[1];
            assert!(off < least, "{found:?}: {off} px");
        }
    }

    #[test]
    fn two_edges_and_the_centre_define_an_ellipse() {
        let centre = TRUE.centre_px.map(f64::from);
        let exact = Conic::about(centre, &edges(&[0.3, 2.0])).expect("an ellipse");
        assert_near(exact.ellipse(), TRUE, 0.05);
    }

    /// Points of the outline with its normals there, by small differences.
    fn edges(turns: &[f32]) -> Vec<([f64; 2], [f64; 2])> {
        let edge = |turn: f32| {
            let (before, after) = (TRUE.point(turn - 0.01), TRUE.point(turn + 0.01));
            let along = [f64::from(after[0] - before[0]), f64::from(after[1] - before[1])];
            let length = along[0].hypot(along[1]);
            (TRUE.point(turn).map(f64::from), [along[1] / length, -along[0] / length])
        };
        turns.iter().map(|turn| edge(*turn)).collect()
    }

    #[test]
    fn a_rough_ellipse_comes_closer_although_a_third_of_the_points_is_elsewhere() {
        let mut all = points(TRUE, 120);
        all.extend(points(Ellipse { semi_axes_px: [99.0, 80.0], ..TRUE }, 60));
        let rough = Conic::about([212.0, 147.0], &edges(&[0.3, 2.0, 4.0])).expect("an ellipse");
        let fitted = [8.0, 6.0, 4.0, 3.0, 2.0, 2.0, 2.0]
            .iter()
            .try_fold(rough, |conic, reach| conic.closer(&all, *reach))
            .expect("stays an ellipse");
        assert_near(fitted.ellipse(), TRUE, 0.1);
    }

    #[test]
    fn points_on_a_line_are_not_an_ellipse() {
        let line: Vec<[f64; 2]> = (0..50).map(|at| [f64::from(at), 10.0]).collect();
        let circle = Conic { centre: [25.0, 0.0], matrix: [0.01, 0.0, 0.01] };
        let fitted = (0..8).try_fold(circle, |conic, _| conic.closer(&line, 30.0));
        assert!(fitted.is_none_or(|conic| conic.ellipse().is_sound()));
    }
}
