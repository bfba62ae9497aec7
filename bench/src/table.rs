//! A table that reads well in a terminal and as Markdown.

use std::fmt;

/// Rows of texts below a head; all but the first and the last column are flush right.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes a table with these columns.
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&text| text.to_owned()).collect()] }
    }

    /// Adds a row; columns left out at its end are empty.
    pub(crate) fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.columns(), String::new());
        self.rows.push(row);
    }

    fn columns(&self) -> usize {
        self.rows[0].len()
    }

    fn is_flush_right(&self, column: usize) -> bool {
        column > 0 && column + 1 < self.columns()
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3)
    }

    /// Draws the line below the head; a colon says that a column is flush right.
    fn rule(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for column in 0..self.columns() {
            let end = if self.is_flush_right(column) { ':' } else { '-' };
            write!(f, "|-{}{end}", "-".repeat(self.width(column)))?;
        }
        writeln!(f, "|")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, row) in self.rows.iter().enumerate() {
            for (column, text) in row.iter().enumerate() {
                let width = self.width(column);
                if self.is_flush_right(column) {
                    write!(f, "| {text:>width$} ")?;
                } else {
                    write!(f, "| {text:<width$} ")?;
                }
            }
            writeln!(f, "|")?;
            if number == 0 {
                self.rule(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_flush_right_and_names_flush_left() {
        let mut table = Table::new(&["case", "ns", "remark"]);
        table.push(vec!["one".to_owned(), "12.5".to_owned(), "none".to_owned()]);
        table.push(vec!["another".to_owned(), "7".to_owned()]);
        let expected = "\
| case    |   ns | remark |
|---------|-----:|--------|
| one     | 12.5 | none   |
| another |    7 |        |
";
        assert_eq!(table.to_string(), expected);
    }
}
