"""What happens when time passes: deadlines that come due, and limits that follow another calendar."""
