//! The messages, as `cargo xtask codegen` makes them from the .proto files; one module a package.

/// The descriptors of all messages and services, for server reflection: an encoded `FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("proto/descriptor.bin");

/// What several domains share. The name is the upstream package's.
pub mod common {
    /// Version 1 of the package `io.opensergo.proto.common`.
    #[expect(clippy::doc_markdown, reason = "made code")]
    pub mod v1 {
        include!("proto/io.opensergo.proto.common.v1.rs");
    }
}

/// What the base protocol cannot say. All of it is ours.
pub mod extension {
    /// Version 1 of the package `io.opensergo.proto.extension`.
    #[expect(clippy::doc_markdown, clippy::too_many_arguments, reason = "made code")]
    pub mod v1 {
        include!("proto/io.opensergo.proto.extension.v1.rs");
    }
}

/// May this call pass?
pub mod fault_tolerance {
    /// Version 1 of the package `io.opensergo.proto.fault_tolerance`.
    #[expect(clippy::doc_markdown, reason = "made code")]
    pub mod v1 {
        include!("proto/io.opensergo.proto.fault_tolerance.v1.rs");
    }
}

/// Where does this call go?
pub mod router {
    /// Version 1 of the package `io.opensergo.proto.router`.
    pub mod v1 {
        include!("proto/io.opensergo.proto.router.v1.rs");
    }
}

/// How rules reach a process.
pub mod transport {
    /// Version 1 of the package `io.opensergo.proto.transport`.
    #[expect(clippy::doc_markdown, reason = "made code")]
    pub mod v1 {
        include!("proto/io.opensergo.proto.transport.v1.rs");
    }
}
