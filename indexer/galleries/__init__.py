"""Stages 5 to 9: from photos to published galleries, what they cover, and the end of what is past."""
