"""One pane a module, each named as what it shows; panes never know panes."""
