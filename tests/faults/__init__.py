"""Two real connectors that die at every commit and every send, over a line that loses, doubles, delays and reorders."""
