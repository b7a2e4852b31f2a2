"""What the demo's things feel (模拟): where they stand, how their values go, what goes wrong, and who sends it in."""
