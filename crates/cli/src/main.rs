//! The `opensergo` binary: its command is the library beside.

use std::process::ExitCode;

fn main() -> ExitCode {
    opensergo_cli::main()
}
