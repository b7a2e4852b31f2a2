"""Alarms: what the engine says becomes episodes with their history, is told upwards, handled and brought to the hub."""
