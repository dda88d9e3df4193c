//! Contour lines of a grid, by marching squares, joined to lines as long as can be.

use std::collections::BTreeMap;

/// An edge between two neighbouring nodes of the grid: the first of them, and whether the second is above it and not to its
/// right.
type Edge = (usize, bool);

/// The lines at `level` of heights at `side` × `side` nodes, in units of nodes from the first. Cells with a node that is no
/// finite number have none.
pub fn contours(heights: &[f32], side: usize, level: f32) -> Vec<Vec<(f64, f64)>> {
    let mut ends: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    if side < 2 || heights.len() < side * side {
        return Vec::new();
    }
    for (row, column) in (0..side - 1).flat_map(|row| (0..side - 1).map(move |column| (row, column))) {
        let node = row * side + column;
        let corners = [node, node + 1, node + side + 1, node + side].map(|node| heights[node]);
        if !corners.iter().all(|height| height.is_finite()) {
            continue;
        }
        // Edges of the cell from the one below on, against the clock.
        let edges: [Edge; 4] = [(node, false), (node + 1, true), (node + side, false), (node, true)];
        let is_above = corners.map(|height| height >= level);
        let crossed: Vec<Edge> = (0..4)
            .filter(|&edge| is_above[edge] != is_above[(edge + 1) % 4])
            .map(|edge| edges[edge])
            .collect();
        // At a saddle the middle tells which corners hang together.
        let is_turned = crossed.len() == 4 && (corners.iter().sum::<f32>() / 4.0 >= level) == is_above[0];
        let pairs: &[[usize; 2]] = match (crossed.len(), is_turned) {
            (2, _) => &[[0, 1]],
            (4, true) => &[[0, 1], [2, 3]],
            (4, false) => &[[3, 0], [1, 2]],
            _ => &[],
        };
        for &[a, b] in pairs {
            ends.entry(crossed[a]).or_default().push(crossed[b]);
            ends.entry(crossed[b]).or_default().push(crossed[a]);
        }
    }
    let place = |&(node, is_upwards): &Edge| {
        let next = if is_upwards { node + side } else { node + 1 };
        let share = f64::from((level - heights[node]) / (heights[next] - heights[node])).clamp(0.0, 1.0);
        let (x, y) = ((node % side) as f64, (node / side) as f64);
        if is_upwards { (x, y + share) } else { (x + share, y) }
    };
    let mut lines = Vec::new();
    // Those with an end first, then rings.
    for wants_end in [true, false] {
        while let Some(start) =
            ends.iter().find(|(_, next)| !wants_end || next.len() == 1).map(|(edge, _)| *edge)
        {
            let (mut line, mut at) = (vec![place(&start)], start);
            while let Some(next) = take_step(&mut ends, at) {
                line.push(place(&next));
                at = next;
            }
            lines.push(line);
        }
    }
    lines
}

/// Goes from an edge to the next one of its line, which is taken off.
fn take_step(ends: &mut BTreeMap<Edge, Vec<Edge>>, at: Edge) -> Option<Edge> {
    let next = ends.get_mut(&at)?.pop()?;
    let back = ends.get_mut(&next)?;
    if let Some(place) = back.iter().position(|edge| *edge == at) {
        back.remove(place);
    }
    for edge in [at, next] {
        if ends.get(&edge).is_some_and(Vec::is_empty) {
            ends.remove(&edge);
        }
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(side: usize, f: impl Fn(f32, f32) -> f32) -> Vec<f32> {
        (0..side * side).map(|node| f((node % side) as f32, (node / side) as f32)).collect()
    }

    #[test]
    fn a_cone_has_rings_and_a_slope_has_a_line() {
        let cone = grid(21, |x, y| (x - 10.0).hypot(y - 10.0));
        let lines = contours(&cone, 21, 5.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last(), "a ring is closed");
        assert!(lines[0].iter().all(|(x, y)| ((x - 10.0).hypot(y - 10.0) - 5.5).abs() < 0.05));
        let slope = grid(9, |x, _| x);
        let lines = contours(&slope, 9, 2.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 9);
        assert!(lines[0].iter().all(|(x, _)| *x == 2.5));
    }

    #[test]
    fn saddles_are_parted_and_what_is_no_number_is_left_out() {
        let saddle = grid(2, |x, y| if x == y { 1.0 } else { 0.0 });
        assert_eq!(contours(&saddle, 2, 0.4).len(), 2);
        assert_eq!(contours(&saddle, 2, 0.6).len(), 2);
        assert_ne!(contours(&saddle, 2, 0.4)[0][1], contours(&saddle, 2, 0.6)[0][1]);
        let mut holed = grid(9, |x, _| x);
        holed[4 * 9 + 2] = f32::NAN;
        assert_eq!(contours(&holed, 9, 2.5).len(), 2, "the line has a gap");
        assert!(contours(&[f32::NAN; 9], 3, 0.5).is_empty());
        assert!(contours(&[1.0; 2], 3, 0.5).is_empty());
        assert!(contours(&[], 0, 0.5).is_empty());
    }
}
