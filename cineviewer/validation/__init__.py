"""The project's claims against truth that others made."""
