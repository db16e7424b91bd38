"""Build what a browser loads: `python -m portal.assets` turns the npm packages and `static/` into `static/dist/`."""
