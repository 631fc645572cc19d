"""What a trainer takes home: the feeds as a dataset folder with splits and a card, and their statistics as a page."""
