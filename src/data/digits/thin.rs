//! Thinning: wears a shape down to lines one pixel wide (Zhang & Suen, A fast parallel algorithm for
//! thinning digital patterns, Comm. ACM 27, 1984).

/// A square of pixels that are in a shape or not; nothing is outside it.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub side: usize,
    pub pixels: Vec<bool>,
}

/// The eight neighbours, clockwise from the one above, as steps across and down.
pub(super) const NEIGHBOURS: [(i32, i32); 8] =
    [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

impl Shape {
    /// Index of the pixel that lies a step away, if it is in the square.
    pub fn step(&self, from: usize, (across, down): (i32, i32)) -> Option<usize> {
        let side = self.side as i32;
        let (x, y) = (from as i32 % side + across, from as i32 / side + down);
        ((0..side).contains(&x) && (0..side).contains(&y)).then_some((y * side + x) as usize)
    }

    /// Whether each neighbour of a pixel is in the shape.
    pub fn around(&self, pixel: usize) -> [bool; 8] {
        NEIGHBOURS.map(|step| self.step(pixel, step).is_some_and(|there| self.pixels[there]))
    }
}

/// Takes rim pixels away, south-east and north-west in turn, until only lines are left.
pub(super) fn thinned(mut shape: Shape) -> Shape {
    loop {
        let mut is_done = true;
        // The two triples of neighbours (above, right, below, left) that must not all be in the shape.
        for [first, second] in [[[0, 2, 4], [2, 4, 6]], [[0, 2, 6], [0, 4, 6]]] {
            let worn: Vec<usize> = (0..shape.pixels.len())
                .filter(|&pixel| shape.pixels[pixel])
                .filter(|&pixel| {
                    let around = shape.around(pixel);
                    let count = around.iter().filter(|&&there| there).count();
                    let rises = (0..8).filter(|&i| !around[i] && around[(i + 1) % 8]).count();
                    let is_free = |triple: [usize; 3]| triple.iter().any(|&i| !around[i]);
                    (2..=6).contains(&count) && rises == 1 && is_free(first) && is_free(second)
                })
                .collect();
            is_done &= worn.is_empty();
            worn.into_iter().for_each(|pixel| shape.pixels[pixel] = false);
        }
        if is_done {
            return shape;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(rows: &[&str]) -> Shape {
        Shape { side: rows.len(), pixels: rows.concat().bytes().map(|byte| byte == b'#').collect() }
    }

    #[test]
    fn a_bar_becomes_a_line_and_a_ring_stays_a_ring() {
        let bar =
            thinned(shape(&[".......", "#######", "#######", "#######", ".......", ".......", "......."]));
        let left: Vec<usize> = (0..49).filter(|&i| bar.pixels[i]).collect();
        assert!(left.len() >= 4 && left.iter().all(|i| i / 7 == 2), "{left:?}");
        let ring = thinned(shape(&["######", "######", "##..##", "##..##", "######", "######"]));
        let lines = (0..36).filter(|&i| ring.pixels[i]);
        assert!(lines.clone().all(|i| ring.around(i).iter().filter(|&&there| there).count() >= 2));
        assert!(lines.count() >= 8);
    }

    #[test]
    fn nothing_stays_nothing() {
        assert!(thinned(shape(&["..", ".."])).pixels.iter().all(|there| !there));
    }
}
