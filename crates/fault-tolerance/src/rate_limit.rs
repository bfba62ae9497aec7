//! Rate limits.

mod keyed;
mod ledger;
mod limit;
mod locked;
mod ring;

pub(crate) use keyed::{Keep, Keyed};
pub(crate) use limit::Limit;
pub(crate) use locked::Locked;
pub(crate) use ring::Ring;
