"""Charts are drawn by matplotlib in worker processes."""
