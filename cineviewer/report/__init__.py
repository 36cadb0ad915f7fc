"""Pages, pictures and files made from a Case, by paint."""
