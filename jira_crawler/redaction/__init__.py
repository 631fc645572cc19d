"""What nobody should learn is taken out of a text: one module for each kind of secret, and people by number."""
