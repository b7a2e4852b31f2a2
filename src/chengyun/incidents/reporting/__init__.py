"""Reports over HTTP: each exactly once, and together where many come at the same moment."""
