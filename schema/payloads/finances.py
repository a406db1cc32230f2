"""What mutations about finances answer."""

from __future__ import annotations

import strawberry

from resolvers import projects
from resolvers.ids import global_id
from schema.fields import resolves
from schema.payloads.common import Payload, entity
from schema.references import BASELINE, ISSUE, PROJECT, RISK, ROLE_BUDGET, SNAPSHOT, TASK
from schema.types.portfolio import FinancePreferences


@strawberry.type(description="The answer to editProject and editProjectFinances.")
class EditProjectPayload(Payload):
    project = entity(PROJECT, "The project as it is now.")


@strawberry.type(description="What became of one project of several.")
class ProjectEdit:
    project = resolves(
        PROJECT | None,
        "The project as it is now; null: there is none.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )
    outcome: str = strawberry.field(description="DONE, SKIPPED (it was so already), FORBIDDEN or FAILED.")
    code: str = strawberry.field(description="Why not, for programs; empty when it was done.")
    message: str = strawberry.field(description="Why not, for people; empty when it was done.")


@strawberry.type(description="The answer to editProjects.")
class EditProjectsPayload(Payload):
    results = entity(list[ProjectEdit], "One per project, in the order given.")


@strawberry.type(description="The answer to mutations of a task.")
class EditTaskPayload(Payload):
    task = entity(TASK, "The task as it is now.")


@strawberry.type(description="The answer to setIssueStatus.")
class EditIssuePayload(Payload):
    issue = entity(ISSUE, "The issue as it is now.")


@strawberry.type(description="The answer to setFinancePreferences.")
class FinancePreferencesPayload(Payload):
    preferences = entity(FinancePreferences, "The preferences as they are now.")


@strawberry.type(description="The answer to addRisk and editRisk.")
class RiskPayload(Payload):
    risk = entity(RISK, "The risk as it is now.")


@strawberry.type(description="The answer to deleteRisk.")
class DeleteRiskPayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("Risk", number))


@strawberry.type(description="The answer to setRoleBudget.")
class RoleBudgetPayload(Payload):
    role_budget = entity(ROLE_BUDGET, "The budget as it is now; null too when it was cleared.")


@strawberry.type(description="The answer to takeBaseline and chooseDefaultBaseline.")
class BaselinePayload(Payload):
    baseline = entity(BASELINE, "The baseline.")


@strawberry.type(description="The answer to deleteBaseline.")
class DeleteBaselinePayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("Baseline", number))


@strawberry.type(description="The answer to takeSnapshot.")
class SnapshotPayload(Payload):
    snapshot = entity(SNAPSHOT, "The snapshot.")


@strawberry.type(description="The answer to deleteSnapshot.")
class DeleteSnapshotPayload(Payload):
    deleted_id = entity(strawberry.ID, "The id of what is gone.", lambda number: global_id("Snapshot", number))
