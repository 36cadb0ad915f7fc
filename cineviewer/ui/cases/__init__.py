"""The parts of the cases pane: the list, its rows, filters and where cases come from."""
