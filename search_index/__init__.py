"""Full-text search behind a few verbs; which engine answers is known here only."""
