"""The parts of the findings pane: its words, and the sheet that they stand on."""
