"""What the desk's pages join from the rooms, one file a page."""
