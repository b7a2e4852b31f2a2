"""The registry: which kinds of things there are, which things stand where, and what their datastreams measure."""
