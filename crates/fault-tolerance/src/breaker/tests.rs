//! How a breaker behaves: stories, the table of its turns, and a model that keeps a list of everything.

mod edits;
mod model;
mod random;
mod stories;
mod table;
mod verdicts;
mod windows;
