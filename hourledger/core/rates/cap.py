"""A cap on a task's revenue, handed out to its entries in date order."""

from __future__ import annotations

from collections.abc import Sequence


def cap_revenue(uncapped: Sequence[int], cap: int, already_frozen: int = 0) -> list[int]:
    """Revenue per entry in minor units so that the task earns min(cap, sum of uncapped); order is (date, id).

    ``already_frozen`` is what entries of the task hold that are billed or frozen; they use the cap first and do not
    change. The entry that crosses the cap gets what is left, later ones 0; a negative entry gives back only what lies
    below the cap:

        cap 100     uncapped   80   40   40  -40  -40
                    running    80  120  160  120   80
                    capped     80   20    0    0  -20

    Source: project-finances §2.3 (C-05), CT-R4.
    """
    available = max(0, cap - already_frozen)
    capped: list[int] = []
    running = 0
    for revenue in uncapped:
        before, running = running, running + revenue
        capped.append(min(running, available) - min(before, available))
    return capped
