"""What a stranger may type; nothing of it is kept but by booking."""
