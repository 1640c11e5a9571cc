"""From the first question to admission: inquiries, benefits, referrals, the admission itself.

Must not know notes, charges or claims; what a payer pays for is the payer's own answer.
"""
