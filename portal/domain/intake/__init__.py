"""Ebene 1: somebody asks, the case manager of their town answers."""
