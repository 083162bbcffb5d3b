"""The processes of an installation, and who watches them."""
