"""Pages of `publishing`: articles, questions, the text of the site."""
