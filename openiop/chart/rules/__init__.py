"""What decides about notes: what is missing, what is copied, who is named, what is due when."""
