"""Looks: layouts, components, form fields, error pages, charts and icons.

Owns how OpenIOP looks and reads. Must not know any other room, any table or any person:
everything shown here is handed in by the page.
"""
