//! Moving an outline by hand: with a finger by its handles, with keys by small steps.
//!
//! While somebody drags, the two axes keep their order, even where the second becomes the longer one: a handle must not jump to another place.

use super::ellipse::Ellipse;

/// What a finger takes hold of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle {
    /// The middle: moves all of it.
    Centre,
    /// An end of one of the axes, counted by quarter-turns from the first one's: resizes and turns.
    End(usize),
}

/// The shortest half of an axis, as a share of the photo's longer side; below, nothing could be taken hold of.
const LEAST_AXIS: f32 = 0.01;

/// A step of a key, in pixels of the photo: about one of the screen. `coarse` with a modifier held.
pub fn step_px(photo_px: (u32, u32), coarse: bool) -> f32 {
    photo_px.0.max(photo_px.1) as f32 / 1000.0 * if coarse { 10.0 } else { 1.0 }
}

/// Moved by so many pixels; its centre stays on the photo.
pub fn moved(ellipse: Ellipse, [dx, dy]: [f32; 2], photo_px: (u32, u32)) -> Ellipse {
    let [x, y] = ellipse.centre_px;
    let inside = |at: f32, length: u32| at.clamp(0.0, length as f32);
    Ellipse { centre_px: [inside(x + dx, photo_px.0), inside(y + dy, photo_px.1)], ..ellipse }
}

/// Both halves of its diameters longer by so many pixels, or shorter; the shape stays.
pub fn grown(ellipse: Ellipse, px: f32, photo_px: (u32, u32)) -> Ellipse {
    let longer = ellipse.semi_axes_px[0].max(ellipse.semi_axes_px[1]).max(1e-3);
    let factor = (longer + px).max(0.0) / longer;
    limited(Ellipse { semi_axes_px: ellipse.semi_axes_px.map(|axis| axis * factor), ..ellipse }, photo_px)
}

/// Half of one diameter, the first or the second, longer by so many pixels.
///
/// # Panics
/// When `axis` is not 0 or 1.
pub fn stretched(ellipse: Ellipse, axis: usize, px: f32, photo_px: (u32, u32)) -> Ellipse {
    let mut semi_axes_px = ellipse.semi_axes_px;
    semi_axes_px[axis] += px;
    limited(Ellipse { semi_axes_px, ..ellipse }, photo_px)
}

/// Turned clockwise.
pub fn turned(ellipse: Ellipse, rad: f32) -> Ellipse {
    Ellipse { angle_rad: ellipse.angle_rad + rad, ..ellipse }
}

/// The handle within `reach_px` of a point: an end of an axis rather than the middle. Everywhere else inside holds the middle.
pub fn handle_at(ellipse: Ellipse, at: [f32; 2], reach_px: f32) -> Option<Handle> {
    let away = |end: &usize| {
        let [x, y] = end_px(ellipse, *end);
        (at[0] - x).hypot(at[1] - y)
    };
    let nearest = (0..4).min_by(|a, b| away(a).total_cmp(&away(b))).filter(|end| away(end) <= reach_px);
    nearest.map(Handle::End).or((ellipse.away(at) < 1.0).then_some(Handle::Centre))
}

/// Where an end of an axis is, counted by quarter-turns from the first one's.
pub fn end_px(ellipse: Ellipse, end: usize) -> [f32; 2] {
    ellipse.point(end as f32 * std::f32::consts::FRAC_PI_2)
}

/// With a handle dragged to a point. The opposite end of the axis stays where it is, and so does the length of the other axis.
pub fn dragged(ellipse: Ellipse, handle: Handle, to: [f32; 2], photo_px: (u32, u32)) -> Ellipse {
    let Handle::End(end) = handle else {
        let [x, y] = ellipse.centre_px;
        return moved(ellipse, [to[0] - x, to[1] - y], photo_px);
    };
    let opposite = end_px(ellipse, end + 2);
    let [dx, dy] = [to[0] - opposite[0], to[1] - opposite[1]];
    let length = dx.hypot(dy) / 2.0;
    if length < least_px(photo_px) {
        return ellipse;
    }
    let mut semi_axes_px = ellipse.semi_axes_px;
    semi_axes_px[end % 2] = length;
    let angle_rad = dy.atan2(dx) - end as f32 * std::f32::consts::FRAC_PI_2;
    let centre_px = [opposite[0] + dx / 2.0, opposite[1] + dy / 2.0];
    limited(Ellipse { centre_px, semi_axes_px, angle_rad }, photo_px)
}

fn least_px(photo_px: (u32, u32)) -> f32 {
    photo_px.0.max(photo_px.1) as f32 * LEAST_AXIS
}

/// With axes that can be taken hold of and are not longer than the photo.
fn limited(ellipse: Ellipse, photo_px: (u32, u32)) -> Ellipse {
    let most = photo_px.0.max(photo_px.1) as f32;
    let least = least_px(photo_px);
    Ellipse { semi_axes_px: ellipse.semi_axes_px.map(|axis| axis.clamp(least, most)), ..ellipse }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: (u32, u32) = (1000, 800);
    const COIN: Ellipse = Ellipse { centre_px: [300.0, 200.0], semi_axes_px: [80.0, 60.0], angle_rad: 0.5 };

    fn near(a: [f32; 2], b: [f32; 2]) -> bool {
        (a[0] - b[0]).hypot(a[1] - b[1]) < 0.01
    }

    #[test]
    fn a_dragged_end_is_where_the_finger_is_and_the_opposite_one_stays() {
        for end in 0..4 {
            let [x, y] = end_px(COIN, end);
            let to = [x + 13.0, y - 7.0];
            let dragged = dragged(COIN, Handle::End(end), to, PHOTO);
            assert!(near(end_px(dragged, end), to), "{end}: {dragged:?}");
            assert!(near(end_px(dragged, end + 2), end_px(COIN, end + 2)), "{end}: {dragged:?}");
            assert_eq!(dragged.semi_axes_px[1 - end % 2], COIN.semi_axes_px[1 - end % 2]);
        }
    }

    #[test]
    fn the_second_axis_may_become_the_longer_one_and_its_handle_stays_its_own() {
        let [x, y] = end_px(COIN, 1);
        let long = dragged(COIN, Handle::End(1), [x - 60.0, y + 90.0], PHOTO);
        assert!(long.semi_axes_px[1] > long.semi_axes_px[0]);
        assert_eq!(handle_at(long, [x - 60.0, y + 90.0], 5.0), Some(Handle::End(1)));
    }

    #[test]
    fn ends_come_before_the_middle_and_outside_is_nothing() {
        assert_eq!(handle_at(COIN, end_px(COIN, 2), 10.0), Some(Handle::End(2)));
        assert_eq!(handle_at(COIN, [310.0, 195.0], 10.0), Some(Handle::Centre));
        assert_eq!(handle_at(COIN, [500.0, 500.0], 10.0), None);
    }

    #[test]
    fn nothing_becomes_too_small_too_large_or_leaves_the_photo() {
        assert_eq!(moved(COIN, [-900.0, 9000.0], PHOTO).centre_px, [0.0, 800.0]);
        assert!(grown(COIN, -500.0, PHOTO).semi_axes_px.iter().all(|axis| *axis >= 10.0));
        assert!(stretched(COIN, 1, 5000.0, PHOTO).semi_axes_px[1] <= 1000.0);
        assert_eq!(dragged(COIN, Handle::End(0), end_px(COIN, 2), PHOTO), COIN);
    }

    #[test]
    fn steps_back_undo_steps() {
        let step = step_px(PHOTO, false);
        assert_eq!((step, step_px(PHOTO, true)), (1.0, 10.0));
        let there = turned(grown(moved(COIN, [step, -step], PHOTO), step, PHOTO), 0.02);
        let back = grown(moved(turned(there, -0.02), [-step, step], PHOTO), -step, PHOTO);
        assert!(near(back.centre_px, COIN.centre_px) && near(back.semi_axes_px, COIN.semi_axes_px));
    }
}
