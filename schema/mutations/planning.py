"""Plans: hours, days, schedules."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    planning,
)
from schema.inputs import planning as planning_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads
from schema.payloads import finances as finance_payloads


@strawberry.type
class PlanningMutations:
    edit_task = mutates(
        planning.edit_task,
        planning_inputs.EditTaskInput,
        finance_payloads.EditTaskPayload,
        "Change what is planned for a task, and how far it is.",
    )
    edit_assignment = mutates(
        planning.edit_assignment,
        planning_inputs.EditAssignmentInput,
        payloads.AssignmentPayload,
        "Change how many of a task's hours an assignment has.",
    )
    remove_assignment = mutates(
        planning.remove_assignment,
        planning_inputs.RemoveAssignmentInput,
        payloads.RemoveAssignmentPayload,
        "Take a person or a role off a task; hours given by hand leave with it.",
    )
    set_contour = mutates(
        planning.set_contour,
        planning_inputs.SetContourInput,
        payloads.AssignmentPayload,
        "Say on which days an assignment's hours fall.",
    )
    create_work_schedule = mutates(
        planning.create_work_schedule,
        planning_inputs.CreateWorkScheduleInput,
        payloads.WorkSchedulePayload,
        "Make a work schedule.",
    )
    edit_work_schedule = mutates(
        planning.edit_work_schedule,
        planning_inputs.EditWorkScheduleInput,
        payloads.WorkSchedulePayload,
        "Change a work schedule; plans follow at once.",
    )
    set_work_schedule_days = mutates(
        planning.set_work_schedule_days,
        planning_inputs.SetWorkScheduleDaysInput,
        payloads.WorkSchedulePayload,
        "Set holidays and days of another length.",
    )
    choose_work_schedule = mutates(
        planning.choose_work_schedule,
        planning_inputs.ChooseWorkScheduleInput,
        payloads.ChooseWorkSchedulePayload,
        "Say by which work schedule a project is planned.",
    )
