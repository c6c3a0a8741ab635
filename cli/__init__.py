"""The command line: the one place that knows both the indexer and the API."""
