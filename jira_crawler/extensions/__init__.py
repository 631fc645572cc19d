"""What happens around a crawl: committing, counting, reporting."""
