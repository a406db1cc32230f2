"""The life of billing records."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    billing,
)
from schema.inputs import billing as billing_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads


@strawberry.type
class BillingMutations:
    create_billing_record = mutates(
        billing.create_billing_record,
        billing_inputs.CreateBillingRecordInput,
        payloads.BillingRecordPayload,
        "Draft a billing record; it claims the work, so that nothing is billed twice.",
    )
    confirm_billing_record = mutates(
        billing.confirm_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Make a billing record final.",
    )
    post_billing_record = mutates(
        billing.post_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Book a confirmed billing record and send it to every connected accounting system.",
    )
    delete_billing_record = mutates(
        billing.delete_billing_record,
        billing_inputs.BillingRecordInput,
        payloads.BillingRecordPayload,
        "Delete a draft; its work may be billed again.",
    )
