"""一键查: any sign of any region in one step, with its trend, rank, reasons and what lies below.

Noun: the *reading* of a sign in a region. Reads the board of the live process and vitals_trend; writes vitals_trend (for
the live process) and vitals_override (thresholds of a region). Publishes nothing.
"""
