"""What a person takes away, streamed."""
