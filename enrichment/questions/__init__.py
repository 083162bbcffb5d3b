"""Which film is this title? Asked once for the whole instance."""
