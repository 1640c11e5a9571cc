"""Settings, root addresses, the command line and the operating side; the only place that knows
every room. It owns no clinical word and no table."""
