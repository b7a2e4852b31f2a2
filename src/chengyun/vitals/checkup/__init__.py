"""体检表: the health report of a city, district or town for a period.

Noun: a checkup, one immutable version. Table: vitals_checkup. Publishes nothing.
"""
