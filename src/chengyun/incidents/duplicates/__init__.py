"""Duplicates: is this the same matter that others have told of? Candidates with reasons, offers, merge and split."""
