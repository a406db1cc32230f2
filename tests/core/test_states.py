"""Every status meets every event: the life of a billing record and of a delivery, and nothing else."""

from __future__ import annotations

from enum import StrEnum

import pytest

from hourledger.core.billing import BILLING_RECORD_LIFE, BillingRecordStatus, billing_status
from hourledger.core.errors import NotAllowed
from hourledger.core.ledger import DELIVERY_LIFE, DeliveryState
from hourledger.core.states import StateTable

# Written anew and not copied from the code: the two must agree, and a person has looked at both.
RECORD = """
    draft:      edit -> draft      review -> in_review   confirm -> confirmed   delete -> deleted
    in_review:  edit -> in_review  return -> draft       confirm -> confirmed   delete -> deleted
    confirmed:  post -> posted
    posted:
    deleted:
"""

DELIVERY = """
    pending:    send -> sending
    sending:    send -> sending    verify -> verified  differ -> conflict  doubt -> uncertain  refuse -> rejected  postpone -> pending
    uncertain:  send -> sending    verify -> verified  differ -> conflict  doubt -> uncertain  refuse -> rejected
    verified:
    rejected:   retry -> pending
    conflict:   retry -> uncertain
    parked:     retry -> pending
"""  # noqa: E501  (a table)


def moves(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for line in text.strip().splitlines():
        status, _, rest = line.partition(":")
        words = rest.replace("->", "").split()
        for event, target in zip(words[::2], words[1::2], strict=True):
            found[status.strip().upper(), event] = target.upper()
    return found


@pytest.mark.parametrize(
    ("life", "statuses", "text"),
    [(BILLING_RECORD_LIFE, BillingRecordStatus, RECORD), (DELIVERY_LIFE, DeliveryState, DELIVERY)],
    ids=["billing record", "delivery"],
)
def test_every_status_meets_every_event(life: StateTable[StrEnum], statuses: type[StrEnum], text: str) -> None:
    expected = moves(text)
    assert {event for _, event in expected} == set(life.events)
    for status in statuses:
        for event in life.events:
            target = expected.get((status.value, event))
            assert life.allows(status, event) == (target is not None), (status, event)
            if target is not None:
                assert life.after(status, event) is statuses(target)
            else:
                with pytest.raises(NotAllowed) as caught:
                    life.after(status, event)
                assert caught.value.code == "WRONG_STATE"


def test_a_move_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(NotAllowed) as caught:
        BILLING_RECORD_LIFE.after(BillingRecordStatus.IN_REVIEW, "post")
    assert caught.value.message == (
        "A billing record that is in review cannot post. It can edit, return, confirm, delete."
    )
    assert caught.value.facts["possible"] == ["edit", "return", "confirm", "delete"]


def test_what_is_final_says_so() -> None:
    with pytest.raises(NotAllowed, match="Nothing can be done to it any more"):
        BILLING_RECORD_LIFE.after(BillingRecordStatus.POSTED, "delete")


def test_an_event_that_nobody_knows_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        BILLING_RECORD_LIFE.after(BillingRecordStatus.DRAFT, "explode")


@pytest.mark.parametrize("status", list(BillingRecordStatus))
def test_only_a_posted_record_counts_as_billed(status: BillingRecordStatus) -> None:
    assert billing_status(status) == ("BILLED" if status is BillingRecordStatus.POSTED else "NOT_BILLED")
