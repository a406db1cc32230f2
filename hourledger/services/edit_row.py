"""Editing a row: what was given and differs is stored, audited and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hourledger.services.unit_of_work import UnitOfWork


async def edit_row(unit: UnitOfWork, entity: str, row: Any, given: Mapping[str, Any]) -> set[str]:
    """``given``: new values by column, None: stays. Returns the columns that changed; nothing is written if none did.

    Tells ENTITY_CHANGED, after the entity's name.
    """
    changed = {name: value for name, value in given.items() if value is not None and value != getattr(row, name)}
    if not changed:
        return set()
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", entity, row.id, before=before, after=changed)
    unit.emit(f"{entity.upper()}_CHANGED", entity_id=row.id, changed=sorted(changed))
    return set(changed)
