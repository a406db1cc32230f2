"""The entity types by name, for fields that lead from one to another and back."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry


def _type(name: str, module: str) -> Any:
    return Annotated[name, strawberry.lazy(f"schema.types.{module}")]


MONEY = _type("Money", "money")
RATE = _type("HourlyRate", "money")
PERSON = _type("Person", "people")
ROLE = _type("Role", "people")
COMPANY = _type("Company", "people")
PROJECT = _type("Project", "projects")
TASK = _type("Task", "projects")
ASSIGNMENT = _type("Assignment", "projects")
EXPENSE = _type("Expense", "expenses")
ISSUE = _type("Issue", "issues")
PROJECT_BILLING_ROLE = _type("ProjectBillingRole", "people")
ROLE_SET = _type("RoleSet", "people")
ROLE_SHARE = _type("RoleShare", "people")
PREFERENCES = _type("Preferences", "preferences")
FINANCES = _type("ProjectFinances", "finances")
TIME_ENTRY = _type("TimeEntry", "time")
RATE_LINE = _type("RateLine", "rates")
BILLING_RECORD = _type("BillingRecord", "billing")
BILLING_LINE = _type("BillingRecordLine", "billing")
ACCOUNT = _type("Account", "ledger")
JOURNAL_ENTRY = _type("JournalEntry", "ledger")
DELIVERY = _type("Delivery", "ledger")
EXTERNAL_SYSTEM = _type("ExternalSystem", "connections")
SOURCE_RECORD = _type("SourceRecord", "connections")
HOUR_TYPE = _type("HourType", "work_types")
EXPENSE_TYPE = _type("ExpenseType", "work_types")
RUN = _type("RecalculationRun", "runs")
TASK_FINANCES = _type("TaskFinances", "finances")
RISK = _type("Risk", "value")
ROLE_BUDGET = _type("RoleBudget", "value")
BASELINE = _type("Baseline", "baselines")
WORK_LOCK = _type("WorkLock", "work_locks")
TIME_ENTRY_HOLD = _type("TimeEntryHold", "work_locks")
BUSINESS_CASE = _type("BusinessCase", "business_case")
SNAPSHOT = _type("Snapshot", "snapshots")


EXCHANGE_RATE = _type("ExchangeRate", "exchange")


CURRENCY = _type("Currency", "exchange")


WORK_SCHEDULE = _type("WorkSchedule", "planning")


CONTOUR_DAY = _type("ContourDay", "planning")


PLANNED_DAY = _type("PlannedDay", "planning")


FINANCIAL_FIGURES = _type("FinancialFigures", "planning")


FINANCIAL_ROW = _type("FinancialRow", "planning")


RATE_CARD = _type("RateCard", "rate_cards")


RATE_CARD_ALIAS = _type("RateCardAlias", "rate_cards")


RATE_ATTACHMENT = _type("RateAttachment", "rate_cards")


RATE_ATTRIBUTE = _type("RateAttribute", "rate_attributes")


ATTRIBUTE_VALUE = _type("AttributeValue", "rate_attributes")


ATTRIBUTE_RELATION = _type("AttributeRelation", "rate_attributes")


PERSON_ATTRIBUTE = _type("PersonAttribute", "rate_attributes")


FINANCE_GROUP = _type("FinanceGroup", "grouped_finances")


GROUPED_FINANCES = _type("GroupedFinances", "grouped_finances")


DATED_MONEY = _type("DatedMoney", "planning")
