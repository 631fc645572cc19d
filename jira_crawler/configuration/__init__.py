"""What each setting may be: held against what is set before anything is done, and written into docs/settings.md."""
