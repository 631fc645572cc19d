"""What a query means, and which issues it finds."""
