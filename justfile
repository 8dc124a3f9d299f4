# The plain cargo lines stand in CONTRIBUTING.md; nothing here does more than they do.

# Everything that CI runs
check:
    .ci/run

# Write the golden files anew; read the diff before committing it
golden:
    INSTA_UPDATE=always cargo test --locked --test scenarios
    git diff --stat -- '*.snap'

# Build the documentation of the code
docs:
    RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --document-private-items

# Measure
bench:
    cargo bench --locked
