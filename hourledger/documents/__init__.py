"""Documents: values in, bytes out. ``render`` is the front door (docs/decisions/0013-documents.md)."""

from hourledger.documents.render import Format, languages, render

__all__ = ["Format", "languages", "render"]
