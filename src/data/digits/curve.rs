//! Polylines of `[x, y, weight]`, the weight being carried along (pressure, or the pen's radius):
//! smooth curves through few points, points at even distance, and smoothing.

/// A point of a polyline with what it carries.
pub(super) type Vertex = [f32; 3];

/// Distance of two points in the plane.
pub(super) fn distance(a: Vertex, b: Vertex) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    (dx * dx + dy * dy).sqrt()
}

/// The point `t` of the way from `a` to `b`.
pub(super) fn between(a: Vertex, b: Vertex, t: f32) -> Vertex {
    [0, 1, 2].map(|i| a[i] + t * (b[i] - a[i]))
}

/// Length of the polyline.
pub(super) fn length(line: &[Vertex]) -> f32 {
    line.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

/// Left, top, right and bottom of all vertices, each taken as a disc; infinite where there is none.
pub(super) fn extent(strokes: &[Vec<Vertex>], radius: impl Fn(&Vertex) -> f32) -> [f32; 4] {
    let nothing = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    strokes.iter().flatten().fold(nothing, |[left, top, right, bottom], vertex| {
        let ([x, y, _], r) = (*vertex, radius(vertex));
        [left.min(x - r), top.min(y - r), right.max(x + r), bottom.max(y + r)]
    })
}

/// A curve through all `knots`, `pieces` points to a span: cubic Hermite spans whose tangent at a knot
/// points along its neighbours, as long as the span (Catmull & Rom 1974, kept from overshooting where
/// a short span meets a long one).
pub(super) fn through(knots: &[Vertex], pieces: usize) -> Vec<Vertex> {
    let Some((&first, _)) = knots.split_first() else { return Vec::new() };
    let mut line = vec![first];
    for (index, span) in knots.windows(2).enumerate() {
        let (a, b) = (span[0], span[1]);
        let before = index.checked_sub(1).map_or(a, |i| knots[i]);
        let after = knots.get(index + 2).copied().unwrap_or(b);
        let reach = distance(a, b);
        let tangent = |from: Vertex, to: Vertex| {
            let scale = reach / distance(from, to).max(1e-9);
            [(to[0] - from[0]) * scale, (to[1] - from[1]) * scale]
        };
        let (leave, arrive) = (tangent(before, b), tangent(a, after));
        line.extend((1..=pieces).map(|piece| {
            let t = piece as f32 / pieces as f32;
            let (t2, t3) = (t * t, t * t * t);
            let (of_a, of_b) = (2.0 * t3 - 3.0 * t2 + 1.0, 3.0 * t2 - 2.0 * t3);
            let (of_leave, of_arrive) = (t3 - 2.0 * t2 + t, t3 - t2);
            let at = |i: usize| of_a * a[i] + of_b * b[i] + of_leave * leave[i] + of_arrive * arrive[i];
            [at(0), at(1), a[2] + t * (b[2] - a[2])]
        }));
    }
    line
}

/// Points at even distance along `line`, about `step` apart, first and last kept.
pub(super) fn resampled(line: &[Vertex], step: f32) -> Vec<Vertex> {
    let total = length(line);
    let (Some(&first), Some(&last)) = (line.first(), line.last()) else { return Vec::new() };
    if total <= 0.0 {
        return vec![first];
    }
    let pieces = (total / step).ceil().max(1.0);
    let step = total / pieces;
    let mut points = Vec::with_capacity(pieces as usize + 1);
    points.push(first);
    let mut passed = 0.0;
    for pair in line.windows(2) {
        let reach = distance(pair[0], pair[1]);
        while points.len() < pieces as usize && points.len() as f32 * step <= passed + reach {
            let t = (points.len() as f32 * step - passed) / reach;
            points.push(between(pair[0], pair[1], t));
        }
        passed += reach;
    }
    points.push(last);
    points
}

/// Each point drawn halfway to the middle of its neighbours, `passes` times; the ends stay.
pub(super) fn smoothed(mut line: Vec<Vertex>, passes: usize) -> Vec<Vertex> {
    for _ in 0..passes {
        let Some(&(mut before)) = line.first() else { return line };
        for index in 1..line.len().saturating_sub(1) {
            let (here, after) = (line[index], line[index + 1]);
            line[index] = [0, 1, 2].map(|i| 0.25 * before[i] + 0.5 * here[i] + 0.25 * after[i]);
            before = here;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_passes_through_its_knots() {
        let knots = [[0.0, 0.0, 1.0], [1.0, 0.0, 2.0], [1.0, 1.0, 3.0]];
        let line = through(&knots, 8);
        assert_eq!(line.len(), 17);
        assert_eq!([line[0], line[8], line[16]], knots);
        assert!(through(&[], 8).is_empty());
        assert_eq!(through(&knots[..1], 8), knots[..1]);
    }

    #[test]
    fn resampled_points_are_evenly_apart() {
        let line = [[0.0, 0.0, 0.0], [0.1, 0.0, 0.5], [0.1, 0.0, 0.5], [3.0, 0.0, 1.0]];
        let points = resampled(&line, 0.25);
        assert_eq!((points.len(), points[0], points[12]), (13, line[0], line[3]));
        assert!(points.windows(2).all(|pair| (distance(pair[0], pair[1]) - 0.25).abs() < 1e-5));
        assert_eq!(resampled(&[[1.0; 3]; 4], 0.1), [[1.0; 3]]);
        assert!(resampled(&[], 0.1).is_empty());
    }

    #[test]
    fn smoothing_keeps_ends_and_straight_lines() {
        let straight: Vec<Vertex> = (0..9).map(|i| [i as f32, 2.0 * i as f32, 1.0]).collect();
        assert_eq!(smoothed(straight.clone(), 3), straight);
        let corner = smoothed(vec![[0.0; 3], [1.0, 1.0, 0.0], [2.0, 0.0, 0.0]], 1);
        assert_eq!(corner, [[0.0; 3], [1.0, 0.5, 0.0], [2.0, 0.0, 0.0]]);
        assert!(smoothed(Vec::new(), 2).is_empty());
    }
}
