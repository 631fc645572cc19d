"""The durable memory: what has been fetched, what became of it, and how much of each feed is certain."""
