"""What to ask next, and when a crawl is proved complete: without Scrapy, network, clock, settings or files."""
