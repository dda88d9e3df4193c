//! Sizes of text, estimated: a canvas measures text by laying out the page, which costs more than
//! the chart. And where labels go, so that none covers another or the data.

/// The few ways in which charts write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    /// Axis labels and notes, 11 px.
    Small,
    /// Names beside things, 12 px.
    Label,
    /// Names of thick lines and findings, 12 px bold.
    Strong,
    /// Numbers that a mark stands for, 16 px.
    Medium,
    /// Key figures, 20 px.
    Large,
}

impl Font {
    /// Height of the letters in CSS pixels.
    #[must_use]
    pub fn size(self) -> f64 {
        match self {
            Self::Small => 11.0,
            Self::Label | Self::Strong => 12.0,
            Self::Medium => 16.0,
            Self::Large => 20.0,
        }
    }

    /// Width of `text` in CSS pixels: that of DejaVu Sans, the widest font a page may fall back to.
    /// With Helvetica and its kin labels are a tenth narrower.
    #[must_use]
    pub fn width(self, text: &str) -> f64 {
        let weight = if self == Self::Strong { 1.3 } else { 1.1 };
        text.chars().map(em).sum::<f64>() * self.size() * weight
    }

    /// As much of `text` as fits, with an ellipsis for the rest of it.
    #[must_use]
    pub fn shortened(self, text: &str, width_px: f64) -> String {
        if self.width(text) <= width_px {
            return text.into();
        }
        let ends = text.char_indices().map(|(end, _)| end).rev();
        let mut short = ends.map(|end| format!("{}…", text[..end].trim_end()));
        short.find(|short| self.width(short) <= width_px && short.len() > '…'.len_utf8()).unwrap_or_default()
    }

    /// The first letters of `text`, as many as fit: for room that an ellipsis would take up.
    #[must_use]
    pub fn clipped(self, text: &str, width_px: f64) -> &str {
        let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        ends.find(|&end| self.width(&text[..end]) <= width_px).map_or("", |end| text[..end].trim_end())
    }

    /// The same on as few lines, these of about one length.
    #[must_use]
    pub fn balanced(self, text: &str, width_px: f64, lines: usize) -> Vec<String> {
        let wrapped = self.wrapped(text, width_px, lines);
        let widths = (10..20).map(|part| width_px * f64::from(part) / 20.0);
        let is_whole = |lines: &Vec<String>| !lines.iter().any(|line| line.ends_with('…'));
        let narrower = widths.map(|width| self.wrapped(text, width, wrapped.len()));
        narrower.into_iter().find(|lines| lines.len() == wrapped.len() && is_whole(lines)).unwrap_or(wrapped)
    }

    /// `text` on at most so many lines, parted at spaces, hyphens and underscores; each line as much as fits.
    #[must_use]
    pub fn wrapped(self, text: &str, width_px: f64, lines: usize) -> Vec<String> {
        let (mut rest, mut wrapped) = (text, Vec::new());
        while wrapped.len() + 1 < lines && self.width(rest) > width_px {
            let ends = rest.char_indices().filter(|(_, c)| matches!(c, ' ' | '-' | '_'));
            let ends: Vec<usize> = ends.map(|(at, c)| at + c.len_utf8()).collect();
            let fits = |end: &&usize| self.width(rest[..**end].trim_end()) <= width_px;
            // A first word that is too long is cut, so that the words after it are seen as well.
            let Some(&end) = ends.iter().rev().find(fits).or(ends.first()) else { break };
            wrapped.push(self.shortened(rest[..end].trim_end(), width_px));
            rest = &rest[end..];
        }
        wrapped.push(self.shortened(rest.trim_end(), width_px));
        wrapped
    }
}

/// Advance width of a character in Helvetica, in parts of the font size.
fn em(c: char) -> f64 {
    match c {
        '\u{202f}' => 0.2,
        'i' | 'j' | 'l' | '\'' | '′' | '|' => 0.23,
        ' ' | '.' | ',' | ':' | ';' | '!' | 'f' | 't' | 'I' | '/' | '(' | ')' | '[' | ']' => 0.29,
        '⁰'..='⁹' | '⁻' | '¹' | '²' | '³' | '₀'..='₉' | 'r' | '-' => 0.36,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 0.5,
        'm' | 'M' | '%' | '…' => 0.88,
        'w' | 'A'..='H' | 'K'..='L' | 'N'..='V' | 'X'..='Z' | '∞' => 0.72,
        'W' | '—' => 1.0,
        '°' => 0.4,
        '+' | '−' | '×' | '=' | '<' | '>' | '±' => 0.76,
        _ => 0.57,
    }
}

/// A rectangle in CSS pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

impl Rect {
    /// From its left, top, right and bottom edges; empty when they are crossed.
    #[must_use]
    pub fn between(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { x: left, y: top, width: (right - left).max(0.0), height: (bottom - top).max(0.0) }
    }

    /// What `text` covers when its left end is at `x` and its middle at `y`.
    #[must_use]
    pub fn of_text(text: &str, font: Font, x: f64, y: f64) -> Self {
        Self { x, y: y - font.size() / 2.0, width: font.width(text), height: font.size() }
    }

    /// Right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether a point lies in it or on its edge.
    #[must_use]
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        x >= self.x && x <= self.right() && y >= self.y && y <= self.bottom()
    }

    /// Whether the two have a part in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Grown by `margin` on each side.
    #[must_use]
    pub fn grown(&self, margin: f64) -> Self {
        let (right, bottom) = (self.right() + margin, self.bottom() + margin);
        Self::between(self.x - margin, self.y - margin, right, bottom)
    }
}

/// Where a label may still go.
pub struct Room {
    bounds: Rect,
    taken: Vec<Rect>,
    path: Vec<(f64, f64)>,
}

impl Room {
    /// All of `bounds`.
    #[must_use]
    pub fn new(bounds: Rect) -> Self {
        Self { bounds, taken: Vec::new(), path: Vec::new() }
    }

    /// Nothing may cover this.
    pub fn take(&mut self, rect: Rect) {
        self.taken.push(rect);
    }

    /// Labels avoid this line where they can.
    pub fn avoid(&mut self, line: &[(f64, f64)]) {
        const STRIDE: f64 = 3.0;
        self.path.extend(line.first());
        for pair in line.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let parts = ((x1 - x0).abs().max((y1 - y0).abs()) / STRIDE).clamp(1.0, 200.0) as usize;
            let at = |i: usize| i as f64 / parts as f64;
            self.path.extend((1..=parts).map(|i| (x0 + (x1 - x0) * at(i), y0 + (y1 - y0) * at(i))));
        }
    }

    /// Takes the candidate that covers the least of the avoided lines, the first of equals; none when
    /// each leaves the bounds or covers something taken.
    pub fn place(&mut self, candidates: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        let inside = |r: &Rect| {
            r.x >= self.bounds.x
                && r.y >= self.bounds.y
                && r.right() <= self.bounds.right()
                && r.bottom() <= self.bounds.bottom()
        };
        let free = |r: &Rect| !self.taken.iter().any(|taken| taken.overlaps(r));
        let best = candidates.into_iter().filter(|r| inside(r) && free(r)).min_by_key(|r| {
            let near = r.grown(2.0);
            self.path.iter().filter(|&&point| near.contains(point)).count()
        })?;
        self.taken.push(best);
        Some(best)
    }
}

/// Moves the middles of labels (any order) apart to at least `gap`, as little as that takes, and
/// keeps them from `low` to `high` while there is room.
pub fn push_apart(middles: &mut [f64], gap: f64, low: f64, high: f64) {
    let mut order: Vec<usize> = (0..middles.len()).collect();
    order.sort_by(|&a, &b| middles[a].total_cmp(&middles[b]));
    let mut from = low;
    for &i in &order {
        middles[i] = middles[i].max(from);
        from = middles[i] + gap;
    }
    let mut to = high;
    for &i in order.iter().rev() {
        middles[i] = middles[i].min(to);
        to = middles[i] - gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_to_its_place() {
        assert_eq!(Font::Small.shortened("iris", 60.0), "iris");
        let short = Font::Small.shortened("Iris-versicolor", 50.0);
        assert!(short.starts_with("Iris") && short.ends_with('…'), "{short}");
        assert!(Font::Small.width(&short) <= 50.0);
        assert_eq!(Font::Small.shortened("Iris", 2.0), "");
    }

    #[test]
    fn a_long_name_goes_on_on_the_next_line() {
        let wrapped = |text: &str, width: f64, lines: usize| Font::Small.wrapped(text, width, lines);
        assert_eq!(wrapped("sepal length", 200.0, 2), ["sepal length"]);
        assert_eq!(wrapped("sepal length (cm)", 60.0, 3), ["sepal", "length", "(cm)"]);
        assert_eq!(wrapped("sepal_length", 50.0, 2), ["sepal_", "length"]);
        assert_eq!(wrapped("petal width", 50.0, 1), [Font::Small.shortened("petal width", 50.0)]);
        let cut = wrapped("concentration of iron", 40.0, 2);
        assert!(cut[0].ends_with('…') && cut[1] == "of iron", "{cut:?}");
        assert_eq!(wrapped("concentration", 40.0, 2).len(), 1, "nowhere to part it");
        assert_eq!(wrapped("", 40.0, 2), [""]);
        let even = Font::Small.balanced("sepal length and petal width of all", 170.0, 2);
        assert!((Font::Small.width(&even[0]) - Font::Small.width(&even[1])).abs() < 40.0, "{even:?}");
        assert_eq!(Font::Small.balanced("sepal length", 200.0, 2), ["sepal length"]);
        assert_eq!(Font::Small.clipped("length", 200.0), "length");
        assert!("length".starts_with(Font::Small.clipped("length", 20.0)));
        assert_eq!(Font::Small.clipped("length", 2.0), "");
    }

    #[test]
    fn labels_move_apart_and_stay_inside() {
        let mut middles = [50.0, 51.0, 52.0];
        push_apart(&mut middles, 14.0, 0.0, 60.0);
        assert_eq!(middles, [32.0, 46.0, 60.0]);
        let mut lone = [-5.0];
        push_apart(&mut lone, 14.0, 6.0, 60.0);
        assert_eq!(lone, [6.0]);
    }

    #[test]
    fn a_label_goes_where_the_line_is_not() {
        let mut room = Room::new(Rect::between(0.0, 0.0, 100.0, 100.0));
        room.avoid(&[(0.0, 20.0), (100.0, 20.0)]);
        let above = Rect::between(10.0, 15.0, 40.0, 27.0);
        let below = Rect::between(10.0, 60.0, 40.0, 72.0);
        assert_eq!(room.place([above, below]), Some(below));
        assert_eq!(room.place([below]), None, "taken by the first label");
        assert_eq!(room.place([Rect::between(90.0, 0.0, 120.0, 10.0)]), None, "leaves the bounds");
    }
}
