"""What went over the line: written down behind the answers, shown as conversations, thrown away in time."""
