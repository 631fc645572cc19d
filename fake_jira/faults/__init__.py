"""What goes wrong on purpose, and the truth that a crawl is measured against."""
