"""Who is who and what is what: pure decisions, which abstain rather than guess."""
