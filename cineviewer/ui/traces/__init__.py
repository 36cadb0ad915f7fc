"""The parts of the traces pane: sheets, rulers, heads and feet; the timeline shares some of them."""
