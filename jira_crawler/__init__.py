"""A crawler that reads issue trackers completely and turns issues into clean training data."""
