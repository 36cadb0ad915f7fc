"""One drawing for screen, file and print: ECG paper, traces, timeline, the VTK scene, the colour map, the tokens."""
