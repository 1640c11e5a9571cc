"""What the program tells the public: articles with sources and reviewers, questions and replies,
the text of pages. Must not know any person in care."""
