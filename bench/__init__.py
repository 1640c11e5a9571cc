"""Benchmarks: `make bench`, by hand and never part of the tests. docs/operate/performance.md."""
