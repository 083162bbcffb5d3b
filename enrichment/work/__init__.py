"""What the workers do with each row until it is settled."""
