"""What others see of a crawl while it runs."""
