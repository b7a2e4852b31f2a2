"""Duty and handover of a centre.

Noun: the shift of a centre on duty. Tables: command_handover, command_switch. Publishes no news.
"""
