"""What is there to be crawled: issues made up from a seed, or recorded ones."""
