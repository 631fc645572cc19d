"""What we claim about speed, as programs anyone can run: `python -m benchmarks` runs all of them."""
