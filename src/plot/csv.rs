//! A table as a CSV file, as RFC 4180 has it: UTF-8, commas, a head, lines that end in CR LF, and quotes
//! around what would be read otherwise.

use super::table::Table;

impl Table {
    /// The table as CSV; numbers read back as the `f32` that they were.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            for (index, cell) in row.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push_cell(&mut text, cell);
            }
            text.push_str("\r\n");
        }
        text
    }
}

fn push_cell(text: &mut String, cell: &str) {
    if cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_otherwise_stands_in_quotes() {
        let cells = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        let table = Table {
            columns: cells(&["class", "said, in words"]),
            rows: vec![cells(&["1", "a \"seven\""]), cells(&["−", "two\nlines"]), cells(&["", "-0.25"])],
        };
        assert_eq!(
            table.to_csv(),
            "class,\"said, in words\"\r\n1,\"a \"\"seven\"\"\"\r\n−,\"two\nlines\"\r\n,-0.25\r\n"
        );
    }
}
