"""The pair of ventricles: generator, surfaces, regions, coordinates."""
