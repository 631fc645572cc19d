"""What pairs of an issue and a change teach without a clone: does it fix this, which files, was it kept."""
