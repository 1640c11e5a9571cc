"""OpenIOP: the system that runs an intensive outpatient program."""
