"""What the live process keeps of every datastream, and how it follows the log."""
