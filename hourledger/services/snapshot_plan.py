"""What is planned on a project and what it comes to, as facts of a snapshot."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hourledger.core.finances import BaselineFigures, ProjectMeasures, WorkMeasures, baseline_figures, displayed
from hourledger.core.money import HourlyRate, decimal_hours
from hourledger.core.snapshots import Fact, FactKind
from hourledger.services.scope_attributes import read_attributes
from hourledger.services.snapshot_words import SnapshotOf, fact, money
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import ASSIGNMENTS, AssignmentView, TaskView
from models.queries.planning import contours
from models.selecting import select_one
from models.tables import CompanyRow


async def plan_facts(unit: UnitOfWork, of: SnapshotOf, measures: ProjectMeasures) -> list[Fact]:
    """The project, its tasks by age, and who is to do them. An issue has no plan, so its assignments are left out."""
    return [
        await _project(unit, of, measures),
        *(_task(of, task, measures.tasks[number]) for number, task in of.tasks.items()),
        *await _assignments(unit, of),
    ]


async def _project(unit: UnitOfWork, of: SnapshotOf, measures: ProjectMeasures) -> Fact:
    row, company = of.project, None
    if row.company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, row.company_id)
    roi = measures.value.roi_percent
    return fact(
        FactKind.PROJECT,
        row.id,
        f"{row.code} {row.name}",
        code=row.code,
        name=row.name,
        status=row.status,
        currency=row.currency,
        customer=company.name if company else None,
        exchange_rate_date=row.exchange_rate_date,
        preserves_billing_rates=row.preserve_billing_rates,
        overrides_company_rates=row.company_rates_override,
        performance_index_method=measures.methods.index,
        eac_method=measures.methods.eac,
        percent_complete_basis=measures.methods.basis,
        alignment_percent=row.alignment_percent,
        budget=measures.facts.budget,
        actual_benefit=measures.facts.actual_benefit,
        budgeted_hours=decimal_hours(measures.budgeted_seconds),
        net_value=measures.value.net_value,
        roi_percent=None if roi is None else displayed(roi),
        actual_risk_cost=measures.actual_risk_cost,
        billed_revenue=measures.billed_revenue,
        draft_revenue=measures.draft_revenue,
        unbilled_revenue=measures.unbilled_revenue,
        **_measured(measures),
    )


def _task(of: SnapshotOf, task: TaskView, measures: WorkMeasures) -> Fact:
    currency = of.project.currency
    return fact(
        FactKind.TASK,
        task.id,
        task.name,
        name=task.name,
        parent=of.task(task.parent_id),
        status=task.status,
        cost_type=task.cost_type,
        cost_rate=None if task.cost_rate_scaled is None else HourlyRate(task.cost_rate_scaled, currency),
        revenue_type=task.revenue_type,
        billing_rate=None if task.billing_rate_scaled is None else HourlyRate(task.billing_rate_scaled, currency),
        billing_amount=money(task.billing_amount_minor, currency),
        overtime_ratio=task.overtime_ratio,
        planned_start=task.planned_start,
        planned_completion=task.planned_completion,
        first_day_hours=None if task.first_day_seconds is None else decimal_hours(task.first_day_seconds),
        **_measured(measures),
    )


def _measured(measures: WorkMeasures) -> dict[str, Any]:
    """What a baseline keeps of it, with the hours and how far it is."""
    figures, percent = baseline_figures(measures), measures.percent_complete()
    kept = {
        one.name.removesuffix("_minor"): figures.amount(one.name.removesuffix("_minor"))
        if one.name.endswith("_minor")
        else getattr(figures, one.name)
        for one in fields(BaselineFigures)
        if one.name not in {"currency", "eac_seconds"}
    }
    return {
        "planned_hours": decimal_hours(measures.planned_seconds),
        "actual_hours": decimal_hours(measures.actual_seconds),
        "percent_complete": None if percent is None else displayed(percent),
        "eac_hours": None if figures.eac_seconds is None else decimal_hours(figures.eac_seconds),
        **kept,
    }


async def _assignments(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    splits = await contours(unit.session, unit.organisation_id, project_ids=[of.project.id])

    def one_of(one: AssignmentView) -> Fact:
        person, role = of.person(one.person_id), of.role(one.role_id)
        split = splits.get(one.id)
        return fact(
            FactKind.ASSIGNMENT,
            one.id,
            f"{person or role} on {of.task(one.task_id)}",
            task=of.task(one.task_id),
            person=person,
            role=role,
            planned_hours=decimal_hours(one.planned_seconds),
            is_planned_by_hand=one.is_planned_by_hand,
            contour=split and ", ".join(f"{day}: {decimal_hours(seconds)}" for day, seconds in split.items()),
            is_primary=one.is_primary,
            is_billable=one.is_billable,
            billing_role=of.role(one.billing_role_id),
            attributes=of.names.in_words(read_attributes(one.attributes)),
        )

    found = await ASSIGNMENTS.where_in(unit.session, unit.organisation_id, "a.task_id", of.tasks)
    return [one_of(one) for one in found]
