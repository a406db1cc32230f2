"""Change job roles, and take them out of use. A role that is out of use still rates existing work (§3.11)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.checks import require_name
from hourledger.services.edit_row import edit_row
from hourledger.services.rebook_entries import follow_assignments
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.role_use import OpenAssignment, lock_open_assignments, replace_role
from models.removing import delete_if_unused
from models.selecting import select_one
from models.tables import RoleRow


async def edit_role(
    unit: UnitOfWork,
    role_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    is_active: bool | None = None,
) -> None:
    """What is None stays. A role that is not active is given to nobody any more; who has it keeps it, with its rates.

    Raises:
        Missing ROLE_UNKNOWN; Invalid NAME_INVALID; Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    row = await _role(unit, role_id, "roleId")
    given = {
        "name": None if name is None else require_name(name),
        "description": None if description is None else description.strip(),
        "is_active": is_active,
    }
    await edit_row(unit, "role", row, given)


async def delete_role(unit: UnitOfWork, role_id: int, *, replacement_id: int | None = None) -> bool:
    """Delete a role that nothing refers to (True), or take one that is used out of use (False).

    On open tasks of open projects the replacement takes its place, as the role of an assignment and as the job role it
    is billed as; work that is done, rates and role sets keep the old one (§1.7). Logged work keeps its value.

    Raises:
        Missing ROLE_UNKNOWN.
        Invalid REPLACEMENT_NEEDED: open assignments have the role. REPLACEMENT_INVALID: the same role, or one that is
            out of use. REPLACEMENT_ASSIGNED: the replacement stands on one of these tasks already.
    """
    unit.require(Permission.ADMINISTER)
    row = await _role(unit, role_id, "roleId")
    name = row.name
    if await delete_if_unused(unit.session, row):
        unit.audit("delete", "role", role_id, before={"name": name})
        unit.emit("ROLE_CHANGED", entity_id=role_id, changed=["deleted"])
        return True
    open_ones = await lock_open_assignments(unit.session, unit.organisation_id, role_id)
    if open_ones:
        replacement = await _replacement(unit, row, replacement_id, open_ones)
        await replace_role(unit.session, [one.id for one in open_ones], role_id, replacement.id)
        await follow_assignments(unit, sorted({one.task_id for one in open_ones}))
    row.is_active = False
    unit.session.add(row)
    await unit.session.flush()
    replaced = [one.id for one in open_ones]
    after = {"is_active": False, "replacement": replacement_id, "assignments": replaced}
    unit.audit("deactivate", "role", role_id, before={"is_active": True}, after=after)
    unit.emit("ROLE_CHANGED", entity_id=role_id, changed=["is_active"], replacement=replacement_id)
    for project_id in sorted({one.project_id for one in open_ones}):
        unit.emit("ASSIGNMENTS_CHANGED", project_id=project_id, entity_id=project_id, role=replacement_id)
    return False


async def _replacement(
    unit: UnitOfWork, row: RoleRow, replacement_id: int | None, open_ones: list[OpenAssignment]
) -> RoleRow:
    if replacement_id is None:
        raise Invalid(
            f"{row.name} stands on {len(open_ones)} open assignments. Name the role that replaces it there.",
            code="REPLACEMENT_NEEDED",
            field="replacementRoleId",
        )
    found = await _role(unit, replacement_id, "replacementRoleId")
    if found.id == row.id or not found.is_active:
        raise Invalid(
            f"{found.name} cannot replace {row.name}: choose another role that is in use.",
            code="REPLACEMENT_INVALID",
            field="replacementRoleId",
        )
    for one in open_ones:
        if replacement_id in one.other_role_ids:
            raise Invalid(
                f"Task {one.task_name} has the same assignment with the role {found.name} already. Remove one of the "
                "two first, or choose another role.",
                code="REPLACEMENT_ASSIGNED",
                field="replacementRoleId",
            )
    return found


async def _role(unit: UnitOfWork, role_id: int, field: str) -> RoleRow:
    row = await select_one(unit.session, RoleRow, unit.organisation_id, role_id, lock=True)
    if row is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field=field)
    return row
