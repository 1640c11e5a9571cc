"""From the first question to admission: so far, what a payer answered about benefits.

Must not know notes, charges or claims; what a payer pays for is the payer's own answer.
"""
