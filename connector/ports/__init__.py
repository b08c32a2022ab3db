"""What the services need from outside, and what they demand of it. Implementations live in `store`, `net`, `dataplane`."""
