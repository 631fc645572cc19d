"""What answers: the web server, who is let in, and how each dialect speaks."""
