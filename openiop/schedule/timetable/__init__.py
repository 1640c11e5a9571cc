"""A better week: what is to be planned, the search for it, and a check that trusts nobody.

`facts` is all they share. `check` knows nothing of `candidates` and `model`.
"""
