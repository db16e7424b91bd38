"""Tables: columns and constraints, one module per area, no rules."""

from portal.models import schema as schema  # so that tables which point to later ones find them
