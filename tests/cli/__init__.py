"""Tests of the command line and of what the demo is made of."""
