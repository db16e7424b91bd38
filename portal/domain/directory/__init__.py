"""The directory: who offers what to whom, where and when, and who is responsible for what."""
