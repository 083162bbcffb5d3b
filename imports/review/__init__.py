"""What a person decides about the films of an import."""
