//! The room of the traffic engine: where does this call go?
//!
//! Empty for now. No kind of `traffic.opensergo.io` is read yet: the door refuses documents of that group as unknown kinds.
