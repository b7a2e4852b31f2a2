"""What those on duty read: lists, searches, one incident whole, work orders."""
