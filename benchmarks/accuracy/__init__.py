"""How often people are named correctly, beside the stock pipeline, and the fit of the calibration."""
