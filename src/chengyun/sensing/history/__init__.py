"""Readings of the past: raw rows, hours, and Parquet behind them, read by one door."""
