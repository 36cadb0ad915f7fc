"""A Window and a heart become an activation path; Eq. 1 and 2; nearest wall, terminal region, uncertainty."""
