"""A cap on a task's revenue, handed out to all its hours at once."""

from __future__ import annotations

import numpy as np

from hourledger.columns.lookup import Int


def cap_shares(tasks: Int, uncapped: Int, available: Int) -> Int:
    """What each hour earns under its task's cap; rows of one task follow each other in the order of (date, id).

    ``available``: what billed hours of the task leave of the cap, the same on all rows of a task. Computes what
    hourledger.core.rates.cap_revenue does, for many tasks at once.
    """
    if not len(tasks):
        return uncapped
    begins = np.flatnonzero(np.concatenate(([True], tasks[1:] != tasks[:-1])))
    running = np.cumsum(uncapped)
    before_task = running[begins] - uncapped[begins]
    running -= np.repeat(before_task, np.diff(np.append(begins, len(tasks))))
    return np.asarray(np.minimum(running, available) - np.minimum(running - uncapped, available), dtype=np.int64)
