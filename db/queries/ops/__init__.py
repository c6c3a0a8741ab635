"""What the operations dashboard reads, and the orders that it files."""
