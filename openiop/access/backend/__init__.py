"""The database wrapper: PostgreSQL, refusing writes outside an open `@writes`."""
