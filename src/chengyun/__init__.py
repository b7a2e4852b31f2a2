"""城运: an open city operations and governance centre."""
