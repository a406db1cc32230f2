"""Issues: work that turns up on a project, without a plan and without types of its own (project-finances §1.5)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.services.checks import require_name, require_not_complete
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_kept, select_one
from models.tables import AssignmentRow, PersonRow, ProjectRow, RoleRow, TaskRow


async def create_issue(
    unit: UnitOfWork, project_id: int, name: str, *, person_id: int | None = None, role_id: int | None = None
) -> int:
    """An issue, for a person (in a role), a role, or nobody yet. Hours go on it, expenses never. Returns the id.

    Raises:
        Missing PROJECT_UNKNOWN, PERSON_UNKNOWN, ROLE_UNKNOWN; Invalid NAME_INVALID; Conflict EXISTS;
        NotAllowed PROJECT_COMPLETE (§4.6).
    """
    unit.require(Permission.EDIT_PROJECTS)
    project = await select_kept(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    require_not_complete(project)
    if person_id is not None and await select_one(unit.session, PersonRow, unit.organisation_id, person_id) is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    if role_id is not None and await select_one(unit.session, RoleRow, unit.organisation_id, role_id) is None:
        raise Missing(f"There is no role {role_id}.", code="ROLE_UNKNOWN", field="roleId")
    issue = TaskRow(
        organisation_id=unit.organisation_id, project_id=project.id, name=require_name(name, "name"), is_issue=True
    )
    unit.session.add(issue)
    await unit.session.flush()
    if person_id is not None or role_id is not None:
        assignee = AssignmentRow(
            organisation_id=unit.organisation_id,
            task_id=issue.id,
            person_id=person_id,
            role_id=role_id,
            is_primary=True,
        )
        unit.session.add(assignee)
        await unit.session.flush()
    unit.emit("ISSUE_CREATED", project_id=project.id, entity_id=issue.id, name=issue.name)
    return issue.id
