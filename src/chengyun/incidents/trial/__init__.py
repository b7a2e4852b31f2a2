"""What would happen: a report, or another rulebook, run through the product's own steps without being stored."""
