"""How the hours of one assignment are billed: whether at all, and as which job role (project-finances §3.4, §3.11)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rebook_entries import follow_assignments
from hourledger.services.set_billing_role import require_rates_not_preserved, require_role_in_use
from hourledger.services.task_hours import lock_assignment
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import AssignmentRow, ProjectRow, TaskRow


async def set_assignment_billable(unit: UnitOfWork, assignment_id: int, is_billable: bool) -> None:
    """Whether hours of this assignment may earn; they cost either way (C-18).

    What is planned follows at once. Logged hours that are on no billing record leave the backlog, or come into it, at
    once; what they earn changes when they are rated again (C-02).

    Raises:
        Missing ASSIGNMENT_UNKNOWN.
    """
    unit.require(Permission.EDIT_PROJECTS)
    row, hours = await lock_assignment(unit, assignment_id, with_logged=True)
    task = hours.task
    if row.is_billable == is_billable:
        return
    row.is_billable = is_billable
    unit.session.add(row)
    await unit.session.flush()
    await follow_assignments(unit, [task.id])
    _note(unit, row, task, {"is_billable": not is_billable}, {"is_billable": is_billable})
    await emit_finances_changed(unit, [task.project_id], cause="ASSIGNMENT_CHANGED")


async def set_assignment_billing_role(unit: UnitOfWork, assignment_id: int, role_id: int | None) -> None:
    """The role the person is billed as on this task, whatever the project says; None: as the project says (CT-14).

    Costs do not follow it. Logged work keeps its value until it is recalculated.

    Raises:
        Missing ASSIGNMENT_UNKNOWN, ROLE_UNKNOWN; Invalid ROLE_INACTIVE.
        Invalid BILLING_ROLE_NEEDS_PERSON: only a role is assigned, and it is billed as what it is.
        NotAllowed RATES_PRESERVED: the project keeps its billing rates (§3.8).
    """
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_BILLING_RATES)
    row, task = await _assignment(unit, assignment_id)
    if row.person_id is None:
        raise Invalid(
            "A role without a person is billed as what it is. Assign a person first, or another role.",
            code="BILLING_ROLE_NEEDS_PERSON",
            field="billingRoleId",
        )
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, task.project_id)
    assert project is not None
    require_rates_not_preserved(project)
    if role_id is not None and role_id != row.billing_role_id:
        await require_role_in_use(unit, role_id, "billingRoleId")
    if row.billing_role_id == role_id:
        return
    before, row.billing_role_id = row.billing_role_id, role_id
    unit.session.add(row)
    await unit.session.flush()
    _note(unit, row, task, {"billing_role": before}, {"billing_role": role_id})


async def _assignment(unit: UnitOfWork, assignment_id: int) -> tuple[AssignmentRow, TaskRow]:
    row = await select_one(unit.session, AssignmentRow, unit.organisation_id, assignment_id, lock=True)
    task = None if row is None else await select_one(unit.session, TaskRow, unit.organisation_id, row.task_id)
    if row is None or task is None:  # assignments go with their task
        raise Missing(f"There is no assignment {assignment_id}.", code="ASSIGNMENT_UNKNOWN", field="assignmentId")
    return row, task


def _note(
    unit: UnitOfWork, row: AssignmentRow, task: TaskRow, before: dict[str, object], after: dict[str, object]
) -> None:
    unit.audit("edit", "assignment", row.id, before=before, after=after)
    unit.emit("ASSIGNMENT_CHANGED", project_id=task.project_id, entity_id=row.id, **after)
