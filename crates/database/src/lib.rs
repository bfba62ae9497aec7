//! The room of the database engine: which database, which SQL?
//!
//! Empty for now. No kind of `database.opensergo.io` is read yet: the door refuses documents of that group as unknown kinds.
