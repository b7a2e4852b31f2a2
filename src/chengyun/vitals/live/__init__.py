"""The live process: what it keeps in memory and how others read it."""
