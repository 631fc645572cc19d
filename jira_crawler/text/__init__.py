"""What we do to text whatever its origin: tidied, redacted, scored, fingerprinted. Values in, values out."""
