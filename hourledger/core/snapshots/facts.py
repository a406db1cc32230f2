"""What a snapshot is made of: things of a few kinds, each with named values (project-finances §1.17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hourledger.core.money import Money

Value = str | bool | Money
"""A text (numbers, days and rates are texts as people write them), yes or no, or an amount with its currency."""

Values = Mapping[str, Value]
"""By field; a field without a value is absent."""


class FactKind(StrEnum):
    """In the order in which a snapshot and a comparison list them.

    COST_RATE, BILLING_RATE: each rate in force that could matter, with the source it comes from. COST_CARD,
    BILLING_CARD: rate cards, and the customer's rates, that are attached. BILLING_ROLE: who is billed as another job
    role. EXCHANGE_RATE: the project's own.
    """

    PROJECT = "PROJECT"
    TASK = "TASK"
    ASSIGNMENT = "ASSIGNMENT"
    BILLING_ROLE = "BILLING_ROLE"
    BILLING_CARD = "BILLING_CARD"
    BILLING_RATE = "BILLING_RATE"
    COST_CARD = "COST_CARD"
    COST_RATE = "COST_RATE"
    EXCHANGE_RATE = "EXCHANGE_RATE"
    EXPENSE = "EXPENSE"
    RISK = "RISK"
    ROLE_BUDGET = "ROLE_BUDGET"
    BILLING_RECORD = "BILLING_RECORD"
    BILLING_LINE = "BILLING_LINE"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing at one moment. ``key`` is the same in every snapshot that has the thing; ``label`` names it."""

    kind: FactKind
    key: str
    label: str
    values: Values


def as_json(values: Values) -> dict[str, Any]:
    """As it is stored and exported: amounts as digits with their currency, which ``from_json`` reads back exactly."""
    return {name: _written(value) for name, value in values.items()}


def from_json(stored: Mapping[str, Any]) -> dict[str, Value]:
    """What ``as_json`` wrote."""
    return {name: _read(value) for name, value in stored.items()}


def _written(value: Value) -> Any:
    return {"amount": str(value.amount), "currency": value.currency} if isinstance(value, Money) else value


def _read(stored: Any) -> Value:
    if isinstance(stored, dict):
        return Money.of(Decimal(stored["amount"]), stored["currency"])
    assert isinstance(stored, str | bool)
    return stored
