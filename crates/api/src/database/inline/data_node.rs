//! A data node: the place of one actual table, `data_source.table` or `data_source.schema.table`.

use std::fmt;

/// Why a text is no data node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `data_source.table` or `data_source.schema.table`, found `{0}`")]
pub struct InvalidDataNode(String);

/// Where one actual table is. Ordered by data source, then schema, then table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataNode {
    data_source: String,
    schema: Option<String>,
    table: String,
}

impl DataNode {
    /// Parses one name that an expression expanded to; `ShardingSphere` 5 added the form with a schema.
    ///
    /// # Errors
    /// Another number of pieces than two or three, a piece that is empty, begins or ends with white space, or holds
    /// a control character.
    pub fn parse(name: &str) -> Result<Self, InvalidDataNode> {
        let lawful = |piece: &&str| !piece.is_empty() && piece.trim() == *piece && !piece.chars().any(char::is_control);
        let pieces: Vec<&str> = name.split('.').collect();
        let (data_source, schema, table) = match pieces.as_slice() {
            _ if !pieces.iter().all(lawful) => return Err(InvalidDataNode(name.to_owned())),
            [data_source, table] => (data_source, None, table),
            [data_source, schema, table] => (data_source, Some(schema), table),
            _ => return Err(InvalidDataNode(name.to_owned())),
        };
        let schema = schema.map(|schema| (*schema).to_owned());
        Ok(Self { data_source: (*data_source).to_owned(), schema, table: (*table).to_owned() })
    }

    /// Returns the name of the data source.
    pub fn data_source(&self) -> &str {
        &self.data_source
    }

    /// Returns the schema, where one is written.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// Returns the name of the actual table.
    pub fn table(&self) -> &str {
        &self.table
    }
}

impl fmt::Display for DataNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.data_source)?;
        self.schema.iter().try_for_each(|schema| write!(f, "{schema}."))?;
        f.write_str(&self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_two_pieces_or_three() {
        let node = DataNode::parse("ds_0.t_order_1").unwrap();
        assert_eq!((node.data_source(), node.schema(), node.table()), ("ds_0", None, "t_order_1"));
        let node = DataNode::parse("ds_0.public.t_order_1").unwrap();
        assert_eq!((node.data_source(), node.schema(), node.table()), ("ds_0", Some("public"), "t_order_1"));
        assert_eq!(node.to_string(), "ds_0.public.t_order_1");
        for name in ["", "ds_0", "ds_0.", ".t", "ds_0..t", "a.b.c.d", "ds_0. t", "ds_0.t ", "ds\n.t"] {
            assert_eq!(DataNode::parse(name), Err(InvalidDataNode(name.to_owned())), "{name}");
        }
    }
}
