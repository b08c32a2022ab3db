"""HTTP into calls, errors into answers."""
