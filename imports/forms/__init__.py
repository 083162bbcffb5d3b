"""What pages take in, checked."""
