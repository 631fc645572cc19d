"""What a running crawl serves: webhooks in; whether it is well, and whatever else is put beside that."""
