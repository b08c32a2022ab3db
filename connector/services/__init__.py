"""One module per thing one can ask for. They know the ports, never `store`, `net` or `dataplane`."""
