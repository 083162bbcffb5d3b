"""The numbers of a history, counted."""
