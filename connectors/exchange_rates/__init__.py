"""Exchange rates that others publish."""
