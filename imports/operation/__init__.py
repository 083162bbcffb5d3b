"""Running the instance: how it does, what is wrong, what is cleaned up."""
