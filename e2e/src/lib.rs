//! The harness of the end-to-end tests: a real control plane and real clients as child processes, and what they say.
//!
//! Every wait is for a fact, with one ceiling, [`clock::CEILING`]; who waits in vain is told everything that was seen
//! instead. Child processes end with the test, and with the test process if that is killed.

pub mod binary;
pub mod clock;
pub mod http;
mod kube_apiserver;
mod plane;
mod program;
mod rules;
pub mod scripted;
mod tape;

pub use kube_apiserver::KubeApiserver;
pub use plane::Plane;
pub use program::Program;
pub use rules::Rules;
pub use scripted::Scripted;
