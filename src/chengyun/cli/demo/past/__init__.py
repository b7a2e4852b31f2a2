"""The demo's past of signs (模拟): what the engine itself would have said of the simulated things, two months back."""
