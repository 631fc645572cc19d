"""One module a version of the store, which is not changed any more once a store has been through it."""
