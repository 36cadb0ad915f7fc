"""The blind expert study."""
