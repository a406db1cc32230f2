"""Reading lists: one statement per list, whatever its length, page by page behind a key that survives writes."""
