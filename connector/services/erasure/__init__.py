"""Erasing what is known of a person: everywhere outside the log, and outside of what is signed."""
