"""The offline half: tonight's guide becomes galleries, stage by stage (see `indexer.runs.pipeline`)."""
