"""What happens to a face before and after the embedding network: aligned, rated, and mirrored if it is small."""
