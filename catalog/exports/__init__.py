"""Our self-description in the forms of others: one module each."""
