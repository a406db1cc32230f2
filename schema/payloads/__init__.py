"""What mutations answer, a file for each part of the domain."""
