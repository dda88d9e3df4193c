//! One column of a table: its values as numbers, as words, or as both while they can be taken for either.

use super::cell;

/// Words that a column may have to be one of categories.
pub(super) const MAX_LEVELS: usize = 100;
/// Stands for a word that is missing.
pub(super) const NO_LEVEL: u8 = u8::MAX;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub name: String,
    /// NaN where nothing is known; empty once a value was no number.
    pub numbers: Vec<f64>,
    has_words: bool,
    /// The different values in the order of their coming; empty once there were too many.
    pub levels: Vec<String>,
    /// The level of each row.
    pub codes: Vec<u8>,
    has_too_many: bool,
    pub missing: usize,
    /// Rows that are missing or not, all of them.
    pub rows: usize,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// All the same, or none at all.
    Constant,
    Numbers,
    /// Some words that occur again and again.
    Words,
    /// More different words than can be told apart.
    Text,
}

impl Column {
    pub fn new(name: String) -> Self {
        Self {
            name,
            numbers: Vec::new(),
            has_words: false,
            levels: Vec::new(),
            codes: Vec::new(),
            has_too_many: false,
            missing: 0,
            rows: 0,
        }
    }

    /// Takes in the text of the next row.
    pub fn push(&mut self, text: &str, has_decimal_comma: bool) {
        self.rows += 1;
        let is_missing = cell::is_missing(text);
        self.missing += usize::from(is_missing);
        if !self.has_words {
            match cell::number(text, has_decimal_comma) {
                Some(number) => self.numbers.push(number),
                None if is_missing => self.numbers.push(f64::NAN),
                None => (self.has_words, self.numbers) = (true, Vec::new()),
            }
        }
        if self.has_too_many {
            return;
        }
        let text = text.trim();
        let known = self.levels.iter().position(|level| level == text);
        match known {
            _ if is_missing => self.codes.push(NO_LEVEL),
            Some(level) => self.codes.push(level as u8),
            None if self.levels.len() < MAX_LEVELS => {
                self.codes.push(self.levels.len() as u8);
                self.levels.push(text.to_owned());
            }
            None => (self.has_too_many, self.levels, self.codes) = (true, Vec::new(), Vec::new()),
        }
    }

    pub fn kind(&self) -> Kind {
        match () {
            () if !self.has_too_many && self.levels.len() < 2 => Kind::Constant,
            () if !self.has_words => Kind::Numbers,
            () if !self.has_too_many => Kind::Words,
            () => Kind::Text,
        }
    }

    /// Whether nothing is known of it in a row.
    pub fn is_missing(&self, row: usize) -> bool {
        match self.numbers.get(row) {
            Some(number) => number.is_nan(),
            None => self.codes.get(row).is_none_or(|&code| code == NO_LEVEL),
        }
    }

    /// Its different values in order, numbers by size and words by their letters; `None` where there are
    /// more than `most`.
    pub fn sorted_levels(&self, most: usize) -> Option<Vec<u8>> {
        if self.has_too_many || self.levels.len() > most {
            return None;
        }
        let mut sorted: Vec<u8> = (0..self.levels.len() as u8).collect();
        // The number of a level is that of the first row that has it.
        let number = |level: u8| {
            let row = self.codes.iter().position(|&code| code == level);
            row.and_then(|row| self.numbers.get(row).copied()).unwrap_or(0.0)
        };
        sorted.sort_by(|&a, &b| {
            let words = || self.levels[usize::from(a)].cmp(&self.levels[usize::from(b)]);
            number(a).total_cmp(&number(b)).then_with(words)
        });
        Some(sorted)
    }

    /// Whether it is whole numbers that count the rows: a number of each, and no property.
    pub fn counts_rows(&self) -> bool {
        let name = self.name.to_lowercase();
        let is_named = ["id", "index", "no", "nr", "row", "unnamed: 0"].contains(&name.as_str());
        let one_by_one = self.numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
        (is_named || name == "column 1") && self.numbers.len() > 2 && one_by_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str]) -> Column {
        let mut column = Column::new("c".into());
        texts.iter().for_each(|text| column.push(text, false));
        column
    }

    #[test]
    fn the_kind_follows_from_all_values() {
        assert_eq!(column(&["1", "2", "NA"]).kind(), Kind::Numbers);
        assert_eq!(column(&["1", "1", ""]).kind(), Kind::Constant);
        assert_eq!(column(&["", "?"]).kind(), Kind::Constant);
        assert_eq!(column(&["1", "b", "1"]).kind(), Kind::Words);
        let many: Vec<String> = (0..101).map(|word| format!("w{word}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(column(&many).kind(), Kind::Text);
        assert_eq!(column(&many[..100]).kind(), Kind::Words);
        let numbers: Vec<String> = (0..500).map(|number| number.to_string()).collect();
        assert_eq!(column(&numbers.iter().map(String::as_str).collect::<Vec<_>>()).kind(), Kind::Numbers);
    }

    #[test]
    fn levels_stand_in_order() {
        let named = |column: &Column| -> Vec<String> {
            let sorted = column.sorted_levels(10).unwrap();
            sorted.iter().map(|&level| column.levels[usize::from(level)].clone()).collect()
        };
        assert_eq!(named(&column(&["10", "9", "-1", "9"])), ["-1", "9", "10"]);
        assert_eq!(named(&column(&["b", "?", "a"])), ["a", "b"]);
        assert_eq!(column(&["1", "2", "3"]).sorted_levels(2), None);
        assert!(column(&["a", "NA"]).is_missing(1) && !column(&["a", "NA"]).is_missing(0));
    }
}
