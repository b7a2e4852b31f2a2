"""Definitions of signs, as they are stored."""
