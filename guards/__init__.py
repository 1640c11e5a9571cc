"""Tests that guard the house: they read the source, the tables and the addresses, not one room."""
