//! The whole system: a real control plane, real clients, and the walls between the crates. One binary, so that
//! everything is built and linked once.

mod bad_input;
mod crds;
mod custom_kind;
mod files;
mod given;
mod go;
mod java_sdk;
mod kube_apiserver;
mod manners;
mod pages;
mod rust;
mod sentinel;
mod together;
mod traffic;
mod traffic_router;
mod walls;
