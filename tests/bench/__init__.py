"""The benchmark: what the portal costs beside a bare Flask view and a bare commit to disk."""
