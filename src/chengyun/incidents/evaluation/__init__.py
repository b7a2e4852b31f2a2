"""Noun: the *evaluation* (考核) of a period: indicators over the closed loop, hot spots and hot topics.

Owns no tables: every figure is recomputed from the log (steps, work orders, deadlines) as of the end of its period,
so that a past period gives the same answer later. Publishes nothing.
"""
