"""Taking readings in: decode, screen, store, answer. Nothing is acknowledged that is not committed."""
