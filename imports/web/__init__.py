"""What pages and API share of HTTP: who asks, what is theirs, how errors and files are sent."""
