"""风险一张图: how bad it stands in every region, and why, on one map.

Noun: the *risk* of a region. Owns no table: it reads alarms, the board, incidents and things, each within the caller's
jurisdiction. Publishes nothing. The method is in docs/reference/risk.md.
"""
