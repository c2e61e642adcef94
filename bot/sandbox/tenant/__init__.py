"""A local WisdomAI tenant: its GraphQL API, and an analyst that computes answers by SQL over real tables."""
