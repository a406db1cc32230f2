"""Queries by subject. Functions take a session, return core values or rows, and never commit."""
