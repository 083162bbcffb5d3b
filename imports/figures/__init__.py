"""The statistics as a page shows them."""
