"""A person's account, and all that is theirs."""
