"""Supervision: the board of what is late, bouncing, forgotten or reopened, and the desk that arbitrates.

It owns no table: everything is read from incidents, and every act is a move of the plain table.
"""
