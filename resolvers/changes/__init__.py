"""What mutations do: arguments in the API's terms in, one service call, the entity as it is afterwards out."""
