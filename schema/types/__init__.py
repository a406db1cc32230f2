"""The shapes of the API: GraphQL types over the values that resolvers return."""
