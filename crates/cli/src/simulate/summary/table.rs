//! A table of text: the first column to the left, the numbers to the right.

use std::fmt;

use super::super::shown::shown;

/// Rows of cells under heads; every row has as many cells as there are heads.
#[derive(Debug)]
pub(super) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes one.
    pub(super) fn new(heads: &[&str], rows: Vec<Vec<String>>) -> Self {
        let shown = |row: Vec<String>| row.iter().map(|cell| shown(cell).into_owned()).collect();
        let rows = rows.into_iter().map(shown).collect();
        Self { heads: heads.iter().map(|&head| head.to_owned()).collect(), rows }
    }

    /// Says whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = || std::iter::once(&self.heads).chain(&self.rows);
        let width = |column: usize| all().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<_> = (0..self.heads.len()).map(width).collect();
        for row in all() {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(f, "{cell:<width$}")?,
                    _ => write!(f, "  {cell:>width$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
