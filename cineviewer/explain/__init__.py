"""A model and a Window become an Attribution."""
