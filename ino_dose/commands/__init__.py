"""What can be typed: a file a command, its signature and a few lines."""
