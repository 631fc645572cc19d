"""How a live crawl is, gathered out of its parts for whoever looks at it."""
