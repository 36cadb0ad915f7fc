"""A scenario becomes a Record whose truth is known."""
