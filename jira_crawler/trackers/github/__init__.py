"""GitHub: how it is asked through REST and GraphQL, and how what it says becomes an issue."""
