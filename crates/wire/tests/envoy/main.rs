//! The traffic kinds as Envoy's messages, through the public door of the crate only.

#[cfg(test)]
mod bytes;
#[cfg(test)]
mod consumers;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod given;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod routers;
#[cfg(test)]
mod withheld;
#[cfg(test)]
mod workloads;
