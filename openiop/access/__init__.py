"""Who may do what, where, about whom: the organization, its staff, record numbers and the door.

Knows a record only by its number: no name, no diagnosis. Must not know any room to its right.
"""
