"""What an embedded GitHub holds: made-up repositories, or recorded ones."""
