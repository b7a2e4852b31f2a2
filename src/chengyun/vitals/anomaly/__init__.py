"""Anomalies of single datastreams: what is normal for a sensor at this hour, and how far from it a reading is.

Pure: arrays in, arrays out. Tier 1 (`tier1`) is for all datastreams at once, tier 2 (`tier2`) for chosen ones.
"""
