"""What happens around a crawl: settling, counting, reporting."""
