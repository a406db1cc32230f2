"""What mutations about the place and the end of tasks and projects answer."""

from __future__ import annotations

import strawberry

from resolvers.ids import global_id
from schema.payloads.common import Payload, entity
from schema.references import ISSUE, PROJECT, TASK


@strawberry.type(description="The answer to moveTask.")
class MoveTaskPayload(Payload):
    task = entity(TASK | None, "The task as it is now; null for an issue.", lambda moved: moved.task)
    issue = entity(ISSUE | None, "The issue as it is now; null for a task.", lambda moved: moved.issue)


@strawberry.type(description="The answer to copyTask.")
class CopyTaskPayload(Payload):
    task = entity(TASK, "The copy.")


@strawberry.type(description="The answer to deleteTask.")
class DeleteTaskPayload(Payload):
    deleted_id = entity(
        strawberry.ID, "The id of what is gone.", lambda gone: global_id("Issue" if gone.is_issue else "Task", gone.id)
    )
    project = entity(PROJECT, "The project as it is now.", lambda gone: gone.project)


@strawberry.type(description="The answer to deleteProject.")
class DeleteProjectPayload(Payload):
    deleted_id = entity(
        strawberry.ID,
        "The id of what is gone; restoreProject takes it.",
        lambda number: global_id("Project", number),
    )


@strawberry.type(description="The answer to restoreProject.")
class RestoreProjectPayload(Payload):
    project = entity(PROJECT, "The project as it is now.")
