"""The worked examples about job roles for billing, rate cards and places, computed by the oracle (§3.4, §3.5, §12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.core.tables import table
from tests.oracle.small import assigned, logged, person, places, rates, solved, task
from tests.oracle.world import AttributeSet, JobRoleForBilling, Person, Role, RoleSet

JOB_ROLES = """                                # John is a Designer; in August the project bills him as a Senior
    task         on          revenue  cost
    any          2024-07-31  50       30
    any          2024-08-01  70       30
    any          2024-08-31  70       30
    any          2024-09-01  50       30
    principal    2024-07-31  90       30
    principal    2024-08-15  90       30
"""


@pytest.mark.parametrize(("where", "on", "revenue", "cost"), table(JOB_ROLES))
def test_ct_14_the_job_role_for_billing_changes_revenue_and_never_cost(
    where: str, on: str, revenue: str, cost: str
) -> None:
    urh = "USER_AND_ROLE_HOURLY"
    day = date.fromisoformat(on)
    on_task = assigned("john", hours="1", job_role_for_billing="principal" if where == "principal" else None)
    roles = (("designer", "30", "50"), ("senior", "35", "70"), ("principal", "40", "90"))
    it = solved(
        {"job_roles_for_billing": (JobRoleForBilling("john", "senior", date(2024, 8, 1), date(2024, 8, 31)),)},
        roles=tuple(Role(id, rates(costs), rates(bills)) for id, costs, bills in roles),
        persons=(person("john", "designer"),),
        tasks=(task(urh, urh, on_task, start=day),),
        entries=(logged(1, "1", "john", on),),
    )
    assert [it.entries[1].revenue, it.planned_days[0].revenue] == [Decimal(revenue), Decimal(revenue)]
    assert [it.entries[1].cost, it.planned_days[0].cost] == [Decimal(cost), Decimal(cost)]


CARD = """
    example  role         subject                     on          revenue
    CT-40    manager      -                           2025-09-30  none    # a card respects its bounds
    CT-40    manager      -                           2025-10-15  100
    CT-40    manager      -                           2025-11-02  150
    CT-40    consultant   -                           2025-01-01  150
    CT-40    consultant   -                           2025-11-15  160
    CT-40    consultant   -                           2025-12-01  170
    CT-50    copywriter   USA/New York/New York City  2026-06-30  5       # 10 USD
    CT-50    copywriter   USA/New York/New York City  2026-07-01  10
    CT-50    accountant   -                           2026-07-01  25
    CT-50    designer     UK/London                   2026-07-01  100     # 50 GBP
    CT-50    designer     -                           2026-07-01  none
    CT-43    photographer  USA/California/Los Angeles  2026-07-01  30     # the most specific wins
    CT-43    photographer  USA/California/San Diego    2026-07-01  20
    CT-43    photographer  USA/Texas/Austin            2026-07-01  10
    CT-43    photographer  UK/London                   2026-07-01  none
    CT-43    photographer  USA/California/Los Angeles  2026-08-01  20     # not in force: the next specific one
"""


@pytest.mark.parametrize(("example", "role", "subject", "on", "revenue"), table(CARD))
def test_card_rates_by_day_and_place(example: str, role: str, subject: str, on: str, revenue: str) -> None:
    """For a row of the role alone and for a person with the role; the row and the person have the same place."""
    card = {
        "manager": rates("100: 2025-10-01..2025-10-31; 150: 2025-11-01.."),
        "consultant": rates("150: ..2025-10-31; 160: 2025-11-01..2025-11-30; 170: 2025-12-01.."),
        "copywriter": rates(
            "USD 10: 2026-06-01..2026-06-30; USD 20: 2026-07-01..", places("USA/New York/New York City")
        ),
        "accountant": rates("USD 50"),
        "designer": rates("GBP 50", places("UK/London")),
        "photographer": rates("30: ..2026-07-31", places("USA/California/Los Angeles"))
        + rates("20", places("USA/California"))
        + rates("10", places("USA")),
    }
    where = places(subject.replace("-", ""))
    day = date.fromisoformat(on)
    row = assigned(role=role, hours="1", attributes=where)
    it = solved(
        {"card_rates": card},
        roles=tuple(Role(id) for id in card),
        persons=(Person("ann", (RoleSet(role),), (AttributeSet(where),)),),
        tasks=(
            task("NO_COST", "USER_AND_ROLE_HOURLY", row, start=day),
            task("NO_COST", "USER_AND_ROLE_HOURLY", id="free"),
        ),
        entries=(logged(1, "1", "ann", on), logged(2, "1", "ann", on, task="free")),
    )
    found = [it.planned_days[0].billing_rate, it.entries[1].billing_rate, it.entries[2].billing_rate]
    assert {one.level for one in found} == {"NOTHING" if revenue == "none" else "CARD"}
    expected = Decimal(revenue.replace("none", "0"))
    assert [it.planned_days[0].revenue, it.entries[1].revenue, it.entries[2].revenue] == [expected] * 3
