"""How each film of an import ends, and what is counted of it."""
