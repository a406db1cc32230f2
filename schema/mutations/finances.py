"""Projects' money: edits, risks, budgets, baselines, snapshots; what tasks cost and earn."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    finances,
    snapshots,
    value,
)
from schema.inputs import finances as finance_inputs
from schema.inputs import value as value_inputs
from schema.mutates import mutates
from schema.payloads import finances as finance_payloads


@strawberry.type
class FinancesMutations:
    edit_project = mutates(
        finances.edit_project,
        finance_inputs.EditProjectInput,
        finance_payloads.EditProjectPayload,
        "Change the name or the status of a project.",
    )
    edit_project_finances = mutates(
        finances.edit_project_finances,
        finance_inputs.EditProjectFinancesInput,
        finance_payloads.EditProjectPayload,
        "Change budget, benefit, fixed amounts and methods of a project.",
    )
    edit_projects = mutates(
        finances.edit_projects,
        finance_inputs.EditProjectsInput,
        finance_payloads.EditProjectsPayload,
        "Make the same changes to several projects, with an outcome for each.",
    )
    set_finance_preferences = mutates(
        finances.set_finance_preferences,
        finance_inputs.SetFinancePreferencesInput,
        finance_payloads.FinancePreferencesPayload,
        "Say how projects are measured that do not say otherwise.",
    )
    set_task_status = mutates(
        finances.set_task_status,
        finance_inputs.SetTaskStatusInput,
        finance_payloads.EditTaskPayload,
        "Say how far a task is; fixed revenue is earned when it is complete.",
    )
    set_issue_status = mutates(
        finances.set_issue_status,
        finance_inputs.SetIssueStatusInput,
        finance_payloads.EditIssuePayload,
        "Say how far an issue is.",
    )
    edit_task_types = mutates(
        finances.edit_task_types,
        finance_inputs.EditTaskTypesInput,
        finance_payloads.EditTaskPayload,
        "Change how a task costs and earns.",
    )
    add_risk = mutates(
        value.add_risk,
        value_inputs.AddRiskInput,
        finance_payloads.RiskPayload,
        "Add a risk to a project.",
    )
    edit_risk = mutates(
        value.edit_risk,
        value_inputs.EditRiskInput,
        finance_payloads.RiskPayload,
        "Change a risk.",
    )
    delete_risk = mutates(
        value.delete_risk,
        value_inputs.DeleteRiskInput,
        finance_payloads.DeleteRiskPayload,
        "Take a risk away.",
    )
    set_role_budget = mutates(
        value.set_role_budget,
        value_inputs.SetRoleBudgetInput,
        finance_payloads.RoleBudgetPayload,
        "Budget hours of a role for a week or month.",
    )
    take_baseline = mutates(
        value.take_baseline,
        value_inputs.TakeBaselineInput,
        finance_payloads.BaselinePayload,
        "Keep the numbers of this moment.",
    )
    choose_default_baseline = mutates(
        value.choose_default_baseline,
        value_inputs.ChooseDefaultBaselineInput,
        finance_payloads.BaselinePayload,
        "Choose the baseline to compare with.",
    )
    delete_baseline = mutates(
        value.delete_baseline,
        value_inputs.DeleteBaselineInput,
        finance_payloads.DeleteBaselinePayload,
        "Take a baseline away.",
    )
    take_snapshot = mutates(
        snapshots.take_snapshot,
        value_inputs.TakeSnapshotInput,
        finance_payloads.SnapshotPayload,
        "Freeze all of a project's money as it is at this instant.",
    )
    delete_snapshot = mutates(
        snapshots.delete_snapshot,
        value_inputs.DeleteSnapshotInput,
        finance_payloads.DeleteSnapshotPayload,
        "Take a snapshot away.",
    )
