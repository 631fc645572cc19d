"""How we behave on the wire."""
