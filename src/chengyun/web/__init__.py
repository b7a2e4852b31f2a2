"""The one HTTP application.

Noun: the app. It owns no tables and publishes no news; it mounts every feature's routes from one explicit
list (`features.py`), turns every error into problem+json, streams live changes and serves the console.
"""
