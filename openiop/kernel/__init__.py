"""Plain words every room shares: days, intervals, ids, acts, permits, refusals.

Owns no table and knows no room; imports nothing but Python.
"""
