"""All that tells of a person's films becomes one library, and stays it whatever comes and goes."""
