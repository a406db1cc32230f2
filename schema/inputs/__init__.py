"""The inputs of mutations."""
