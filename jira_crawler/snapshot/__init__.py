"""The payloads of a store as files that an engine refines without a database behind it."""
