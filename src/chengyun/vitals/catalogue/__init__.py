"""The catalogue: what signs there are. Templates and hand-written definitions in, checked `Sign`s out.

Nothing here reads files: `scenarios` reads the folders and says where a problem stands.
"""
