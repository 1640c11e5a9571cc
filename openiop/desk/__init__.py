"""The staff face: today, patients, groups, queues, boards, settings, and the component preview.

Owns no table; joins what the rooms to its left answer."""
