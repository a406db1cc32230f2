"""Bringing actuals up to date with what their work is worth: the exact reversal of each, and a replacement."""

from __future__ import annotations

SETTLED = """
    reversed AS (
        INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
            contract_line_id, company_id, person_id, role_id, time_entry_id, quantity, currency, amount_minor,
            billing_type, billing_status, adjustment_status, transaction_date, document_date, accounting_date,
            description, reverses_id, valuation_id, recorded_at)
        SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
               company_id, person_id, role_id, time_entry_id, -quantity, currency, -amount_minor, billing_type,
               'CANCELED', 'UNADJUSTABLE', transaction_date, :on, :on, description, id, valuation_id, :at
        FROM moved ORDER BY id
        RETURNING reverses_id
    ),
    replaced AS (
        INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id,
            contract_line_id, company_id, person_id, role_id, time_entry_id, quantity, currency, amount_minor,
            billing_type, billing_status, adjustment_status, transaction_date, document_date, accounting_date,
            description, replaces_id, valuation_id, recorded_at)
        SELECT organisation_id, transaction_type, transaction_class, project_id, task_id, contract_line_id,
               company_id, person_id, role_id, time_entry_id, quantity, currency, live_minor, billing_type,
               billing_status, 'STANDS', transaction_date, :on, transaction_date, description, id,
               live_valuation, :at
        -- Joined so that the reversals come first.
        FROM moved JOIN reversed ON reversed.reverses_id = moved.id ORDER BY moved.id
        RETURNING id, replaces_id
    ),
    passed_on AS (
        UPDATE billing_claim c SET actual_id = replaced.id
        FROM replaced JOIN moved ON moved.id = replaced.replaces_id WHERE c.id = moved.claim_id
    )
    UPDATE actual a SET adjustment_status = 'ADJUSTED', billing_status = 'CANCELED'
    FROM moved WHERE a.id = moved.id
"""
"""The rest of a statement after ``moved``: actuals with ``live_minor``, ``live_valuation`` (what their entry is worth
by which valuation) and ``claim_id`` (the live claim on them, NULL: none), which is passed on. :at, :on (the day it is
booked). See docs/decisions/0003-valuations-and-actuals.md."""
