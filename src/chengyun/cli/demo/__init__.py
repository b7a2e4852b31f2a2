"""The demo: the whole city, simulated and marked so, running on the product's own code paths."""
