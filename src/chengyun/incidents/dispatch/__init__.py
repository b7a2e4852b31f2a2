"""Where an incident lies, who handles it, and the first steps that follow from that."""
