"""From the first question to admission: whom we have contracts with, what a course may cost, what a
payer answered.

Must not know notes, charges or claims; what a payer pays for is the payer's own answer."""
