"""The public face: what an intensive outpatient program is, where, when, for how much. No table.

Must not know any person in care, nor keep anything of who looks.
"""
