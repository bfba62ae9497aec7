//! The contract of the protocol, through the public door of the crate only.

#[cfg(test)]
mod base_dialect;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod client_table;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
mod features;
#[cfg(test)]
mod given;
#[cfg(test)]
mod known_bad;
#[cfg(test)]
mod random;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod server_property;
#[cfg(test)]
mod server_stories;
#[cfg(test)]
mod server_table;
#[cfg(test)]
mod struct_kinds;
