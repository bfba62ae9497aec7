# The project's chores; each is a `cargo xtask` or a cargo command, so that nobody needs just.

# Runs what CI runs.
ci:
    .ci/run

# Installs what is missing and runs every test.
test:
    cargo xtask test

# Runs what is long.
nightly *ARGS:
    cargo xtask nightly {{ARGS}}

# Makes the messages anew from crates/wire/proto.
codegen:
    cargo xtask codegen

# Shows what OpenSergo is for.
demo *ARGS:
    cargo run -p opensergo-cli -- demo {{ARGS}}
