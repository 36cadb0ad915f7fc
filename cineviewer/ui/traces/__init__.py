"""The parts of the traces pane: its sheets, head and foot, calipers and the landmarks as handles."""
