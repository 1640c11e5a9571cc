"""What `schedule` can do, a verb each."""
