//! The built command, as people and scripts use it: arguments in, lines and an exit status out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot begin fails")]

mod check;
mod convert;
mod corpus;
mod demo;
mod fmt;
mod given;
mod schema;
mod serve;
mod simulate;
mod subscribe;
