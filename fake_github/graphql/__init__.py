"""As much of GraphQL as GitHub's answers are tried with here."""
