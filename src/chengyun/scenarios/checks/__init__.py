"""What the checker looks for, one module per kind of mistake; each is a pure function from a `Draft` to findings."""
