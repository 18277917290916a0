"""Statistics: intervals, tests and variances on plain arrays."""
