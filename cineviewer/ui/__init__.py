"""The window: Qt widgets that know the session and draw by paint."""
