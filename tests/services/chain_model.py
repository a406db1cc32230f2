"""What the chain from hours to journal entries should come to: dictionaries, Decimal, and nothing of the services.

Amounts are minor units of the project's currency. Work lies in June 2026, so that a rate is a list of thirty days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext

EXPONENT = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
DAYS = range(1, 31)
CAP = {"EUR": Decimal(900), "USD": Decimal(900), "JPY": Decimal(150_000), "KWD": Decimal(300)}
FIXED = {"EUR": Decimal("1234.56"), "USD": Decimal("999.99"), "JPY": Decimal(123_457), "KWD": Decimal("321.987")}

GUESTS = {"guest", "guest's gift"}
EARNING = {"plain", "capped", "guest", "none"}

EXCHANGE_FROM_15 = {"EUR": Decimal(1), "USD": Decimal("1.1734"), "JPY": Decimal("163.37"), "KWD": Decimal("0.3571")}
EXCHANGE_BEFORE = {"EUR": Decimal(1), "USD": Decimal("1.0987"), "JPY": Decimal("171.09"), "KWD": Decimal("0.3333")}


def exchange(currency: str, day: int) -> Decimal:
    """Units of the currency per EUR on a day of June."""
    return (EXCHANGE_FROM_15 if day >= 15 else EXCHANGE_BEFORE)[currency]


def to_minor(numerator: Decimal, denominator: Decimal, currency: str) -> int:
    """A fraction of the major unit to the minor unit, half away from zero; one division, so that ties stay ties."""
    with localcontext() as context:
        context.prec = 120
        exact = numerator * 10 ** EXPONENT[currency] / denominator
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass
class Entry:
    id: int
    project: str
    task: str
    day: int
    seconds: int
    cost: int = 0
    uncapped: int = 0
    revenue: int = 0
    is_deleted: bool = False
    record: int | None = None
    is_locked: bool = False
    is_approved: bool = True

    @property
    def is_chargeable(self) -> bool:
        return self.task not in {"gift", "guest's gift"}


@dataclass
class Expense:
    id: int
    project: str
    day: int
    amount: int
    is_chargeable: bool
    record: int | None = None
    task: str = "none"
    is_approved: bool = True


@dataclass
class Record:
    id: int
    project: str
    day: int
    status: str = "DRAFT"
    fixed: int = 0
    additional: int = 0


@dataclass
class Model:
    """The state after some operations. Names are those of projects: EUR, USD, JPY, KWD and APPROVAL (in EUR).

    ``guest_on``: where the task is that moves from project to project, with one below it. Hours on no task are "none".
    """

    guest_on: str = "EUR"

    entries: dict[int, Entry] = field(default_factory=dict)
    expenses: dict[int, Expense] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    fixed_claimed: set[str] = field(default_factory=set)
    rates: dict[str, dict[int, tuple[Decimal, str]]] = field(
        default_factory=lambda: {
            "COST": dict.fromkeys(DAYS, (Decimal(50), "EUR")),
            "BILLING": dict.fromkeys(DAYS, (Decimal(100), "EUR")),
        }
    )

    @staticmethod
    def currency(project: str) -> str:
        return "EUR" if project == "APPROVAL" else project

    # --- time ---------------------------------------------------------------------------------------------------

    def rate(self, entry: Entry) -> None:
        """Value one entry by the rates of its day, before any cap."""
        entry.cost = self._value("COST", entry)
        entry.uncapped = entry.revenue = self._value("BILLING", entry) if entry.task in EARNING else 0

    def _value(self, kind: str, entry: Entry) -> int:
        per_hour, of = self.rates[kind][entry.day]
        to = self.currency(entry.project)
        if to == of:
            return to_minor(per_hour * entry.seconds, Decimal(3600), to)
        return to_minor(per_hour * entry.seconds * exchange(to, entry.day), Decimal(3600) * exchange(of, entry.day), to)

    def cap(self, project: str) -> None:
        """Hand out the cap of the project's capped task, earliest day first; what is billed keeps what it has."""
        entries = [one for one in self.live(project) if one.task == "capped"]
        currency = self.currency(project)
        left = int(CAP[currency] * 10 ** EXPONENT[currency]) - sum(one.revenue for one in entries if one.is_locked)
        earned = wanted = 0
        for one in sorted(entries, key=lambda one: (one.day, one.id)):
            if not one.is_locked:
                wanted += one.uncapped
                earned, before = min(wanted, max(left, 0)), earned
                one.revenue = earned - before

    def cap_with(self, entry: Entry) -> None:
        """What changes about hours of another task does not hand the cap out anew."""
        if entry.task == "capped":
            self.cap(entry.project)

    def recalculate(self, project: str, *, billed_cost: bool = False) -> None:
        for one in self.live(project):
            if not one.is_locked:
                self.rate(one)
            elif billed_cost:
                one.cost = self._value("COST", one)
        self.cap(project)

    # --- the task that moves ------------------------------------------------------------------------------------

    def guest_entries(self) -> list[Entry]:
        return [one for one in self.entries.values() if one.task in GUESTS and not one.is_deleted]

    def guest_expenses(self) -> list[Expense]:
        return [one for one in self.expenses.values() if one.task in GUESTS]

    def refusal_of_guest(self, *, of_expenses_only: bool = False) -> str | None:
        """The code with which changing where its work is, is refused."""
        work: list[Entry | Expense] = [*self.guest_expenses()]
        work += [] if of_expenses_only else self.guest_entries()
        on = {self.records[one.record].status for one in work if one.record is not None}
        if on & {"CONFIRMED", "POSTED"}:
            return "BILLED"
        return "ON_BILLING_RECORD" if on else None

    def refusal_of_move(self, project: str, *, keeps_expenses: bool) -> str | None:
        if project == self.guest_on:
            return None if keeps_expenses else self.refusal_of_guest(of_expenses_only=True)
        changes_currency = self.currency(project) != self.currency(self.guest_on)
        has_amounts = keeps_expenses and bool(self.guest_expenses())
        return self.refusal_of_guest() or ("MOVE_CURRENCY" if changes_currency and has_amounts else None)

    def move_guest(self, project: str, *, keeps_expenses: bool) -> None:
        """Within a project nothing is rated anew."""
        for expense in self.guest_expenses():
            if keeps_expenses:
                expense.project = project
            else:
                expense.task = "none"
        for entry in self.guest_entries():
            if project != self.guest_on:
                entry.project = project
                self.rate(entry)
        self.guest_on = project

    def delete_guest(self, *, with_hours: bool) -> None:
        for expense in self.guest_expenses():
            expense.task = "none"
        for entry in self.guest_entries():
            if with_hours:
                entry.is_deleted = True
            else:
                entry.task = "none"
                self.rate(entry)

    def live(self, project: str) -> Iterator[Entry]:
        return (one for one in self.entries.values() if one.project == project and not one.is_deleted)

    def refusal_of_change(self, entry: Entry) -> str | None:
        """The code with which an edit or a deletion is refused."""
        if entry.is_deleted:
            return "TIME_ENTRY_UNKNOWN"
        if entry.is_locked:
            return "BILLED"
        return "ON_BILLING_RECORD" if entry.record is not None else None

    # --- billing ------------------------------------------------------------------------------------------------

    def open_work(self, project: str, until: int) -> list[Entry | Expense]:
        work: list[Entry | Expense] = [*self.live(project)]
        work += [one for one in self.expenses.values() if one.project == project and one.amount]
        return [one for one in work if one.record is None and one.day <= until and one.is_approved]

    def work_of(self, record: int) -> list[Entry | Expense]:
        work: list[Entry | Expense] = [*self.entries.values(), *self.expenses.values()]
        return [one for one in work if one.record == record]

    def invoiced(self, record: Record) -> int:
        """The chargeable total without fixed amounts."""
        return record.additional + sum(worth(one) for one in self.work_of(record.id) if one.is_chargeable)

    def total(self, record: Record) -> int:
        return record.fixed + self.invoiced(record)

    def has_chargeable_line(self, record: Record) -> bool:
        return bool(record.fixed or record.additional) or any(one.is_chargeable for one in self.work_of(record.id))

    def confirm(self, record: Record) -> None:
        record.status = "CONFIRMED"
        for one in self.work_of(record.id):
            if isinstance(one, Entry):
                one.is_locked = True

    def delete(self, record: Record) -> None:
        for one in self.work_of(record.id):
            one.record = None
        if record.fixed:
            self.fixed_claimed.discard(record.project)
        record.status = "DELETED"

    # --- figures ------------------------------------------------------------------------------------------------

    def figures(self, project: str) -> dict[str, int]:
        entries, expenses = [*self.live(project)], [one for one in self.expenses.values() if one.project == project]
        records = [one for one in self.records.values() if one.project == project]
        return {
            "actual_seconds": sum(one.seconds for one in entries),
            "actual_cost": sum(one.cost for one in entries) + sum(one.amount for one in expenses),
            "actual_revenue": sum(one.revenue for one in entries),
            "unbilled_revenue": sum(worth(one) for one in self.open_work(project, 31) if one.is_chargeable),
            "draft_revenue": sum(self.total(one) for one in records if one.status in {"DRAFT", "CONFIRMED"}),
            "billed_revenue": sum(self.total(one) for one in records if one.status == "POSTED"),
        }


def worth(work: Entry | Expense) -> int:
    return work.revenue if isinstance(work, Entry) else work.amount
