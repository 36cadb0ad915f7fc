"""The parts of the ventricles pane: the picture, what the hand does with it, and whether OpenGL works."""
