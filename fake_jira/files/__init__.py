"""The files that hang on issues: what is in them, how they are served, and what goes wrong with that on purpose."""
