"""The films that are known here."""
