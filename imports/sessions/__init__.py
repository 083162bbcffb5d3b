"""An import from its start to its end: read, stored, restored, updated, deleted."""
