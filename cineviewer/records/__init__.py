"""A file or folder becomes Records; every check on input lives in this room."""
