"""Measurements of the product: accuracy, speed, the nightly work, and large databases. See README.md."""
