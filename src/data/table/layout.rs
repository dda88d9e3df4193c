//! How a table is laid out, told by how it begins: what parts its values, and whether names stand above them.

use super::cell;

/// What may stand between values, the surest sign first.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];
/// Rows that are looked at.
const ROWS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) struct Layout {
    pub delimiter: u8,
    /// Values of the first row, as far as it is in sight.
    pub columns: usize,
    pub has_header: bool,
    /// Whether 1,5 is one and a half.
    pub has_decimal_comma: bool,
}

impl Layout {
    /// Of the table that begins with `start`. The delimiter is the one that gives the most rows the same
    /// number of values, more than one; a file of one column has none.
    pub fn of(start: &str) -> Self {
        let mut best = (0, b',');
        for delimiter in DELIMITERS {
            let rows = rows(start, delimiter);
            let usual = most_frequent(&rows.iter().map(Vec::len).collect::<Vec<_>>());
            let alike = rows.iter().filter(|row| row.len() == usual).count();
            if usual > 1 && alike > best.0 {
                best = (alike, delimiter);
            }
        }
        let delimiter = best.1;
        let rows = rows(start, delimiter);
        let has_decimal_comma = delimiter != b',' && has_decimal_comma(&rows);
        let columns = rows.first().map_or(0, Vec::len);
        Self { delimiter, columns, has_header: has_header(&rows, has_decimal_comma), has_decimal_comma }
    }
}

fn rows(start: &str, delimiter: u8) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(start.as_bytes());
    let records = reader.into_records().take(ROWS).filter_map(std::result::Result::ok);
    records.map(|record| record.iter().map(ToOwned::to_owned).collect()).collect()
}

/// The number that occurs most often; of several the one that comes first.
fn most_frequent(numbers: &[usize]) -> usize {
    let times = |number: usize| numbers.iter().filter(|other| **other == number).count();
    // `max_by_key` takes the last of several, so the first stands last.
    numbers.iter().rev().copied().max_by_key(|&number| times(number)).unwrap_or(0)
}

/// Whether commas stand in numbers and points do not.
fn has_decimal_comma(rows: &[Vec<String>]) -> bool {
    let cells = || rows.iter().flatten();
    let numbers = |with_comma: bool, mark: char| {
        cells().filter(|text| text.contains(mark) && cell::number(text, with_comma).is_some()).count()
    };
    numbers(true, ',') > numbers(false, '.')
}

/// Whether the first row is none of numbers while there are numbers below it; or, where all is text, whether
/// its words occur nowhere below.
fn has_header(rows: &[Vec<String>], has_decimal_comma: bool) -> bool {
    let Some((first, below)) = rows.split_first().filter(|(_, below)| !below.is_empty()) else {
        return false;
    };
    let is_number = |text: &str| cell::number(text, has_decimal_comma).is_some();
    if first.iter().any(|text| is_number(text)) || first.iter().all(|text| cell::is_missing(text)) {
        return false;
    }
    if below.iter().flatten().any(|text| is_number(text)) {
        return true;
    }
    let is_new = |(column, name): (usize, &String)| below.iter().all(|row| row.get(column) != Some(name));
    first.iter().enumerate().all(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiter_header_and_comma_are_told() {
        for (start, delimiter, has_header, has_decimal_comma) in [
            ("a,b\n1,2\n3,4\n", b',', true, false),
            ("5.1,3.5,Iris\n4.9,3.0,Iris\n", b',', false, false),
            ("a;b\n1,5;2\n0,5;3\n", b';', true, true),
            ("1,5;2,5\n0,5;3,5\n", b';', false, true),
            ("a;b\n1.5;2\n", b';', true, false),
            ("a\tb c\n1\tx, y\n2\tz\n", b'\t', true, false),
            ("a|b\n1|2\n", b'|', true, false),
            ("x\n1\n2\n", b',', true, false),
            ("\"a;b\",c\n\"1;2\",3\n\"x\",4\n", b',', true, false),
            ("name,kind\ncat,pet\ndog,pet\n", b',', true, false),
            ("pet,cat\npet,dog\nwild,fox\n", b',', false, false),
            ("a,b\r\n1,2\r\n", b',', true, false),
            ("", b',', false, false),
        ] {
            let layout = Layout::of(start);
            let told = (layout.delimiter, layout.has_header, layout.has_decimal_comma);
            assert_eq!(told, (delimiter, has_header, has_decimal_comma), "{start:?}");
        }
    }
}
