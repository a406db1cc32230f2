"""Add a template's plan and money to a project: when it is new, or later (project-finances §4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import Money
from hourledger.services.copy_expenses import copy_expenses
from hourledger.services.copy_project_rates import copy_rate_cards, copy_rates
from hourledger.services.copy_task_tree import Shift, copy_task_tree
from hourledger.services.edit_project import edit_project
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.template_currency import TemplateCurrency, template_currency
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_kept, select_one
from models.tables import ExpenseRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class TemplateApplied:
    """How much came to the project. ``rates``: ranges of days with a price."""

    project_id: int
    tasks: int = 0
    assignments: int = 0
    expenses: int = 0
    rates: int = 0
    rate_cards: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def apply_template(
    unit: UnitOfWork,
    project_id: int,
    template_id: int,
    *,
    start_date: date | None = None,
    with_finances: bool = True,
    with_expenses: bool = True,
    with_rates: bool = True,
) -> TemplateApplied:
    """The project's fixed cost and fixed revenue grow by the template's (CT-44); tasks, assignments, planned expenses,
    rates and rate cards are copied. Applied twice, all of it is there twice, except rates and cards.

    ``start_date``: the template's earliest planned day falls on it, everything else keeps its distance in calendar
    days; None: dates as they are. Without finances the tasks are NO_COST and NOT_BILLABLE. A rate, and a card of the
    same kind, that the project has already, wins. Budget, currency, methods of earned value, benefits, hours and
    billing records stay, and logged work keeps its value.

    Amounts in another currency become the project's: fixed ones, those of tasks too, on the project's exchange rate
    date, else on its first planned day; expenses on their planned day (undated: today). Rates keep their currency.

    Raises:
        Missing PROJECT_UNKNOWN; Invalid NOT_A_TEMPLATE, TEMPLATE_OF_ITSELF, START_DATE_INVALID.
        Missing EXCHANGE_RATE_MISSING: such a day has none.
        NotAllowed RATES_PRESERVED: there are rates to copy, and the project keeps its billing rates (§3.8).
        Denied: EDIT_PROJECTS and EDIT_GENERAL_FINANCE; EDIT_BILLING_RATES and EDIT_COST_RATES where the template has
            such rates, cards or billing roles.
    Source: project-finances §4.7, §7.4, CT-44.
    """
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project, template = await _both(unit, project_id, template_id)
    tasks = await find_all(unit.session, TaskRow, unit.organisation_id, project_id=template_id, is_issue=False)
    expenses = await find_all(unit.session, ExpenseRow, unit.organisation_id, project_id=template_id, deleted_at=None)
    shift = Shift.to(start_date, _planned_days(tasks) or [one.planned_on for one in expenses])
    money = await template_currency(
        unit,
        project,
        template,
        planned_days=[shift.each(day) for day in _planned_days(tasks)],
        expense_days=[shift.day(one.planned_on) or unit.today for one in expenses],
    )
    await _add_fixed_amounts(unit, project, template, money)
    copied = await copy_task_tree(unit, template, project, tasks, shift, money, with_finances=with_finances)
    if with_expenses:
        await copy_expenses(unit, project, expenses, copied, shift, money)
    applied = TemplateApplied(
        project_id,
        tasks=len(copied.tasks),
        assignments=len(copied.assignments),
        expenses=len(expenses) if with_expenses else 0,
        rates=await copy_rates(unit, template_id, project_id, copied) if with_rates else 0,
        rate_cards=await copy_rate_cards(unit, template_id, project_id) if with_rates else 0,
    )
    after = applied.as_json() | {"template": template_id, "with_finances": with_finances}
    if template.currency != project.currency:
        after |= {"converted_from": template.currency, "fixed_amounts_on": money.fixed_on.isoformat()}
    unit.audit("apply_template", "project", project_id, after=after)
    unit.emit("TEMPLATE_APPLIED", project_id=project_id, entity_id=project_id, template=template.code)
    await emit_finances_changed(unit, [project_id], cause="TEMPLATE_APPLIED")
    return applied


async def _both(unit: UnitOfWork, project_id: int, template_id: int) -> tuple[ProjectRow, ProjectRow]:
    """The project, locked, and the template, which stays as it is meanwhile."""
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    template = await select_kept(unit.session, ProjectRow, unit.organisation_id, template_id)
    if template is None:
        raise Missing(f"There is no project {template_id}.", code="PROJECT_UNKNOWN", field="templateId")
    if not template.is_template:
        raise Invalid(
            f"{template.code} is no template. Choose one that was created as a template.",
            code="NOT_A_TEMPLATE",
            field="templateId",
        )
    if project_id == template_id:
        raise Invalid(
            "A template is not applied to itself: choose another project.",
            code="TEMPLATE_OF_ITSELF",
            field="projectId",
        )
    return project, template


async def _add_fixed_amounts(
    unit: UnitOfWork, project: ProjectRow, template: ProjectRow, money: TemplateCurrency
) -> None:
    sums = {
        "fixed_cost": Money(project.fixed_cost_minor, project.currency) + money.amount(template.fixed_cost_minor),
        "fixed_revenue": Money(project.fixed_revenue_minor, project.currency)
        + money.amount(template.fixed_revenue_minor),
    }
    await edit_project(unit, project.id, {name: amount.amount for name, amount in sums.items()})


def _planned_days(tasks: Sequence[TaskRow]) -> list[date]:
    """The first day of each task, of those that have no others below: a parent's plan is theirs (§2.6)."""
    parents = {task.parent_id for task in tasks}
    first = (task.planned_start or task.planned_completion for task in tasks if task.id not in parents)
    return [day for day in first if day is not None]
