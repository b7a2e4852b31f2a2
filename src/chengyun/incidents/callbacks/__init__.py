"""Call-backs (回访): who reported something is called after it was closed, and the answer becomes a rating or a reopening.

It writes incidents_callback, one row per attempt; whom to call is read from incidents by the lines of
data/callbacks.csv, so that there is no list that could be forgotten.
"""
