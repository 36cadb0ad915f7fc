"""A Record becomes its beats, landmarks, measurements and quality."""
