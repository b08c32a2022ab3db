"""`mmd doctor --peer`: what another connector says of itself, how it treats us, and what would not work between us."""
