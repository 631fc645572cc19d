"""What the feeds hold can be looked up: documents, a language for questions, and two engines that answer alike."""
