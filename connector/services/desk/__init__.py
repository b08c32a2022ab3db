"""People in negotiations: what waits for them, what they were shown, who has said yes."""
