"""Pages of `assessments`."""
