"""How the embedded GitHub answers."""
