"""IMDb: its pages (`source`), and the datasets that it publishes every day (`datasets`)."""
