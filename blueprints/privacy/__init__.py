"""Data protection: who did and read what, and what was deleted."""

from blueprints.privacy.routes import pages

__all__ = ["pages"]
