"""Things, datastreams and observations: what the city feels.

Noun: a reading of a datastream. Tables: sensing_*. Publishes no news: whoever wants readings follows the log.
"""
