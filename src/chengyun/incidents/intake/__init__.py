"""Taking a report in: what it is, where it lies, and how much one sender may send."""
