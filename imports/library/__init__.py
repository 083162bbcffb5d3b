"""The films that a person has rated, whatever import they came from."""
