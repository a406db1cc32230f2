"""Settings of the property tests of the pure core."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no reason to fail: what is checked is the property, not the time it takes.
settings.register_profile("core", deadline=None)
settings.load_profile("core")
