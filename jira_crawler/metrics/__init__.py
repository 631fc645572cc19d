"""Gold: how long, how many and how large, out of the tables, each figure under the name of what it is a figure of."""
