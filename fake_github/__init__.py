"""The embedded GitHub: a small faithful server over made-up or recorded repositories, for trials and tests."""
