"""What leaves the centre: what a reporter follows, and what other systems are told."""
