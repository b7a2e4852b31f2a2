"""城市体征: indicators of every region, live; alarms; lookup.

Noun: the value of a sign in a region. Tables: vitals_*. Publishes AlarmRaised, AlarmCleared.
"""
