"""What `schedule` can be asked."""
