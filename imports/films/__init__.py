"""An import's films: found, filtered, in order."""
