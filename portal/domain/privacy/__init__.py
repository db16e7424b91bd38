"""Privacy: what people agreed to, who looked, what was deleted, and the proof that nobody tampered with it."""
