"""The command line: run it, set it up, look inside it.

Noun: the installation. It owns no tables and publishes no news.
"""
