"""Rules for agreeing: what needs nobody, what waits for people, what is refused, what needs two of them."""
