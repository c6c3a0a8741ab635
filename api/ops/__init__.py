"""The operations dashboard: is tonight covered, and if not, why? It reads; what is ordered there, the indexer does."""
