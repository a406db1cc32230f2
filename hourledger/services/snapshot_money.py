"""What is spent on a project, what may happen to it and what it is billed, as facts of a snapshot."""

from __future__ import annotations

from hourledger.core.money import Money, decimal_hours
from hourledger.core.snapshots import Fact, FactKind
from hourledger.core.work import TransactionClass
from hourledger.services.snapshot_words import SnapshotOf, fact
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.billing import LINES, RECORDS_OF_PROJECT, BillingLineView
from models.queries.listing.expenses import EXPENSES
from models.queries.listing.value import RISKS, ROLE_BUDGETS
from models.selecting import find_all
from models.tables import CompanyRow


async def money_facts(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    """Expenses, risks, budgets by role, and billing records with their lines, oldest first."""
    return [
        *await _expenses(unit, of),
        *await _risks(unit, of),
        *await _role_budgets(unit, of),
        *await _billing(unit, of),
    ]


async def _expenses(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    found = await EXPENSES.where_in(unit.session, unit.organisation_id, "x.project_id", [of.project.id])
    return [
        fact(
            FactKind.EXPENSE,
            one.id,
            one.description or one.expense_type,
            description=one.description,
            type=one.expense_type,
            task=of.task(one.task_id),
            planned_amount=Money(one.planned_minor, one.currency),
            actual_amount=Money(one.actual_minor, one.currency),
            planned_units=one.planned_units,
            actual_units=one.actual_units,
            planned_on=one.planned_on,
            paid_on=one.paid_on,
            is_billable=one.is_billable,
            is_reimbursable=one.is_reimbursable,
            is_reimbursed=one.is_reimbursed,
            is_locked=one.is_locked,
            status=one.status,
        )
        for one in reversed(found)
    ]


async def _risks(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    found = await RISKS.where_in(unit.session, unit.organisation_id, "r.project_id", [of.project.id])
    return [
        fact(
            FactKind.RISK,
            one.id,
            one.description,
            description=one.description,
            kind=one.kind,
            status=one.status,
            probability_percent=one.probability_percent,
            potential_cost=Money(one.potential_minor, one.currency),
            actual_cost=Money(one.actual_minor, one.currency),
            mitigation_plan=one.mitigation_plan,
            mitigation_cost=Money(one.mitigation_minor, one.currency),
        )
        for one in found
    ]


async def _role_budgets(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    found = await ROLE_BUDGETS.where_in(unit.session, unit.organisation_id, "b.project_id", [of.project.id])
    return [
        fact(
            FactKind.ROLE_BUDGET,
            f"{one.role_id}:{one.first_day}",
            f"{of.role(one.role_id)} from {one.first_day}",
            role=of.role(one.role_id),
            first_day=one.first_day,
            hours=decimal_hours(one.seconds),
        )
        for one in found
    ]


async def _billing(unit: UnitOfWork, of: SnapshotOf) -> list[Fact]:
    """Of a record that bills several projects only the lines of this one; on a draft at the value they have now."""
    session, owner = unit.session, unit.organisation_id
    records = await RECORDS_OF_PROJECT.where_in(session, owner, "r.project_id", [of.project.id])
    companies = await find_all(session, CompanyRow, owner, id={one.company_id for one in records})
    customers = {one.id: one.name for one in companies}
    numbers = {one.id: one.number for one in records}
    lines = await LINES.where_in(session, owner, "l.project_id", [of.project.id])
    return [
        *(
            fact(
                FactKind.BILLING_RECORD,
                one.id,
                one.number,
                number=one.number,
                description=one.description,
                status=one.status,
                customer=customers[one.company_id],
                billing_date=one.billing_date,
                accounting_date=one.accounting_date,
                po_number=one.po_number,
                invoice_reference=one.invoice_reference,
            )
            for one in reversed(records)
        ),
        *(_line(of, line, numbers[line.billing_record_id]) for line in lines if line.billing_record_id in numbers),
    ]


def _line(of: SnapshotOf, line: BillingLineView, record: str) -> Fact:
    is_time = line.transaction_class is TransactionClass.TIME
    return fact(
        FactKind.BILLING_LINE,
        line.id,
        f"{line.description or line.transaction_class} on {record}",
        **{"class": line.transaction_class},
        record=record,
        task=of.task(line.task_id),
        billing_type=line.billing_type,
        quantity=decimal_hours(line.quantity) if is_time else line.quantity,
        amount=Money(line.amount_minor, line.currency),
        description=line.description,
        transaction_date=line.transaction_date,
    )
