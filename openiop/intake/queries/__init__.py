"""Every read of `intake`, a file a subject."""
