"""Server times and statement counts beside a bare floor, in one run; never part of the tests."""
