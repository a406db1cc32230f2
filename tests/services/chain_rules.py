"""Rules that no order of operations may break, each as a query that finds what breaks it; and what posting freezes."""

from __future__ import annotations

BROKEN_IF_FOUND = {
    "I1: an original and its reversal sum to zero, and only an original that is over has one": """
        SELECT o.id FROM actual o JOIN actual r ON r.reverses_id = o.id
        WHERE o.organisation_id = :organisation AND (o.amount_minor + r.amount_minor <> 0
           OR o.quantity + r.quantity <> 0 OR r.adjustment_status <> 'UNADJUSTABLE'
           OR (o.adjustment_status = 'STANDS' AND o.billing_status <> 'POSTED'))
    """,
    "I1: what is adjusted has its reversal": """
        SELECT o.id FROM actual o WHERE o.organisation_id = :organisation AND o.adjustment_status = 'ADJUSTED'
          AND NOT EXISTS (SELECT FROM actual r WHERE r.reverses_id = o.id)
    """,
    "I3: a unit of work has one live claim at most": """
        SELECT a.time_entry_id, a.expense_id, c.task_id FROM billing_claim c LEFT JOIN actual a ON a.id = c.actual_id
        WHERE c.organisation_id = :organisation AND c.released_at IS NULL GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
    "I3: what is claimed stands": """
        SELECT c.id FROM billing_claim c JOIN actual a ON a.id = c.actual_id
        WHERE c.organisation_id = :organisation AND c.released_at IS NULL
          AND (a.adjustment_status <> 'STANDS' OR a.billing_status NOT IN ('ON_BILLING_RECORD', 'POSTED'))
    """,
    "a claim is live exactly while its record is not deleted": """
        SELECT c.id FROM billing_claim c JOIN billing_record_line l ON l.id = c.billing_record_line_id
        JOIN billing_record r ON r.id = l.billing_record_id
        WHERE c.organisation_id = :organisation AND (r.status = 'DELETED') <> (c.released_at IS NOT NULL)
    """,
    "every line of a confirmed record gave one billed sale of its amount": """
        SELECT l.id FROM billing_record_line l JOIN billing_record r ON r.id = l.billing_record_id
        LEFT JOIN actual a ON a.billing_line_id = l.id AND a.transaction_type = 'BILLED_SALES'
        WHERE r.organisation_id = :organisation AND r.status IN ('CONFIRMED', 'POSTED') AND l.project_id IS NOT NULL
        GROUP BY l.id HAVING count(a.id) <> 1 OR sum(a.amount_minor) <> l.amount_minor
           OR min(a.billing_type) <> l.billing_type
    """,
    "nothing but a confirmed record has billed sales": """
        SELECT a.id FROM actual a LEFT JOIN billing_record r ON r.id = a.billing_record_id
        WHERE a.organisation_id = :organisation AND a.transaction_type = 'BILLED_SALES'
          AND coalesce(r.status, 'NONE') NOT IN ('CONFIRMED', 'POSTED')
    """,
    "unbilled sales of billed or deleted work net to zero; of open work for a customer one stands": """
        SELECT e.id FROM time_entry e LEFT JOIN actual a ON a.time_entry_id = e.id
          AND a.transaction_type = 'UNBILLED_SALES'
        WHERE e.organisation_id = :organisation GROUP BY e.id
        HAVING CASE WHEN e.is_locked OR e.deleted_at IS NOT NULL
                    THEN coalesce(sum(a.amount_minor), 0) <> 0 OR coalesce(sum(a.quantity), 0) <> 0
                    ELSE count(a.id) FILTER (WHERE a.adjustment_status = 'STANDS')
                         <> CASE WHEN e.status = 'APPROVED' AND EXISTS (
                                SELECT FROM contract_line l WHERE l.project_id = e.project_id
                            ) THEN 1 ELSE 0 END END
    """,
    "billed work carries its cost and its billed sale, at the values of its entry": """
        SELECT e.id FROM time_entry e JOIN actual a ON a.time_entry_id = e.id AND a.adjustment_status = 'STANDS'
        WHERE e.organisation_id = :organisation AND e.is_locked GROUP BY e.id
        HAVING sum(a.amount_minor) FILTER (WHERE a.transaction_type = 'COST') <> e.cost_minor
            OR sum(a.amount_minor) FILTER (WHERE a.transaction_type = 'BILLED_SALES') <> e.revenue_minor
            OR count(a.id) <> 3
    """,
    "work that nobody approved is no actual": """
        SELECT a.id FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
        LEFT JOIN expense x ON x.id = a.expense_id
        WHERE a.organisation_id = :organisation AND coalesce(e.status, x.status, 'APPROVED') <> 'APPROVED'
    """,
    "what stands of work says where it is": """
        SELECT a.id FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
        LEFT JOIN expense x ON x.id = a.expense_id
        WHERE a.organisation_id = :organisation AND a.adjustment_status = 'STANDS' AND a.reverses_id IS NULL
          AND (e.id IS NOT NULL AND (a.project_id, coalesce(a.task_id, 0)) <> (e.project_id, coalesce(e.task_id, 0))
            OR x.id IS NOT NULL AND (a.project_id, coalesce(a.task_id, 0)) <> (x.project_id, coalesce(x.task_id, 0)))
    """,
    "work is on tasks that are there, and in the currency of its project": """
        SELECT e.id FROM time_entry e JOIN project p ON p.id = e.project_id JOIN valuation v ON v.id = e.valuation_id
        LEFT JOIN task t ON t.id = e.task_id
        WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL
          AND (v.currency <> p.currency OR t.deleted_at IS NOT NULL OR t.project_id <> e.project_id)
    """,
    "an entry is worth what its latest valuation says": """
        SELECT e.id FROM time_entry e
        JOIN LATERAL (SELECT * FROM valuation v WHERE v.time_entry_id = e.id ORDER BY v.id DESC LIMIT 1) v ON true
        WHERE e.organisation_id = :organisation AND (v.id <> e.valuation_id OR v.cost_minor <> e.cost_minor
           OR v.revenue_minor <> e.revenue_minor OR v.seconds <> e.seconds OR v.work_date <> e.work_date)
    """,
    "a journal entry sums to zero per currency": """
        SELECT journal_entry_id, currency FROM journal_posting WHERE organisation_id = :organisation
        GROUP BY 1, 2 HAVING sum(amount_minor) <> 0
    """,
    "a journal entry sums to zero in the currency of the books": """
        SELECT journal_entry_id FROM journal_posting WHERE organisation_id = :organisation
        GROUP BY 1 HAVING sum(base_minor) <> 0 OR count(DISTINCT base_currency) <> 1
    """,
    "a posted record has one journal entry, another none": """
        SELECT r.id FROM billing_record r LEFT JOIN journal_entry j ON j.billing_record_id = r.id
        WHERE r.organisation_id = :organisation GROUP BY r.id
        HAVING count(j.id) <> CASE r.status WHEN 'POSTED' THEN 1 ELSE 0 END
    """,
}

_LINES = "SELECT id FROM billing_record_line WHERE billing_record_id = :record"
_CLAIMED = f"SELECT actual_id FROM billing_claim WHERE released_at IS NULL AND billing_record_line_id IN ({_LINES})"
_ENTRIES = f"SELECT time_entry_id FROM actual WHERE id IN ({_CLAIMED})"
_EXPENSES = f"SELECT expense_id FROM actual WHERE id IN ({_CLAIMED})"
_JOURNAL = "SELECT id FROM journal_entry WHERE billing_record_id = :record"

_TABLES = {
    "billing_record": "id = :record",
    "billing_record_line": "billing_record_id = :record",
    "billing_claim": f"billing_record_line_id IN ({_LINES})",
    "time_entry": f"id IN ({_ENTRIES})",
    "expense": f"id IN ({_EXPENSES})",
    "valuation": f"time_entry_id IN ({_ENTRIES})",
    "actual": f"billing_record_id = :record OR time_entry_id IN ({_ENTRIES}) OR expense_id IN ({_EXPENSES})",
    "journal_entry": "billing_record_id = :record",
    "journal_posting": f"journal_entry_id IN ({_JOURNAL})",
    "delivery": f"journal_entry_id IN ({_JOURNAL})",
}


def _fingerprints(tables: dict[str, str], shown: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"SELECT count(*) || ' ' || coalesce(md5(string_agg(({shown.get(table, 'to_jsonb(one)')})::text, ',' "
        f"ORDER BY id)), '') FROM {table} one WHERE {which}"
        for table, which in tables.items()
    )


REACHABLE = _fingerprints(_TABLES, {})
"""One fingerprint a table (I4). Deliveries go their way afterwards, but not in these tests: nothing is connected."""

_COST_OF_ENTRY = "ARRAY['cost_minor', 'valuation_id', 'reason_id', 'row_version']"

REACHABLE_BUT_COST = _fingerprints(
    _TABLES
    | {
        "valuation": f"({_TABLES['valuation']}) AND cause NOT IN ('BILLED_COST', 'UNDONE')",
        "actual": f"({_TABLES['actual']}) AND transaction_type <> 'COST'",
    },
    {"time_entry": f"to_jsonb(one) - {_COST_OF_ENTRY}"},
)
"""The same without what the opt-in of C-01 may change."""
