"""A contract line: which classes of work of a project are billed, by which method, and what is chargeable."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.work import BillingMethod, BillingType, TransactionClass


@dataclass(frozen=True, slots=True)
class ContractLine:
    """``includes`` are the classes it covers; the implicit line of a project is time-and-material for all of them."""

    billing_method: BillingMethod
    includes: frozenset[TransactionClass]


def billing_type_of(
    line: ContractLine | None, transaction_class: TransactionClass, *, is_chargeable: bool
) -> BillingType:
    """NOT_AVAILABLE when no line covers the class, else CHARGEABLE or NON_CHARGEABLE (project-invoicing §2.3).

    ``is_chargeable`` is what task, role, hour type and assignment say together.
    """
    if line is None or transaction_class not in line.includes:
        return BillingType.NOT_AVAILABLE
    return BillingType.CHARGEABLE if is_chargeable else BillingType.NON_CHARGEABLE


def is_billed_as_worked(line: ContractLine | None, transaction_class: TransactionClass) -> bool:
    """Whether an approved hour or expense becomes unbilled sales; a fixed-price line has cost only (§3.6)."""
    return (
        line is not None
        and transaction_class in line.includes
        and line.billing_method is BillingMethod.TIME_AND_MATERIAL
    )
