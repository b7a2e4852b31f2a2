"""Moves: who may make which, what they need, and how they are stored and told."""
