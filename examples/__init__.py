"""Programs to begin with, each on its own: `python -m examples.NAME --help`."""
