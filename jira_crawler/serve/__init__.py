"""What a running crawl serves: webhooks in; whether it is well, what it counts, and whatever is put beside that."""
