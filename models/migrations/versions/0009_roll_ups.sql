-- The statements of 0009_roll_ups.py, part by part. {signed} is the rows of the statement that fired the trigger: with
-- sign 1 as they are now, with sign -1 as they were.
--
-- A sum of products is kept by adding (change of the one) x (the other). That is exact as long as nobody else changes
-- the other at the same time:
--
--     an hour's revenue   x  whether it is open, on a draft, or neither     who changes either holds the time entry
--     a record's status   x  its lines and claims                           who changes either holds the record
--
-- Rating holds the entries by updating them. The parts below hold them, always records before entries, entries by
-- (work date, id). Services take the same locks earlier, so that nobody waits in a circle. Each statement of a part sees
-- what was committed before it began, thus all that it waited for. One statement must not change both factors.

-- part: hours
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, entries, seconds, cost_minor, revenue_minor)
SELECT organisation_id, project_id, task_id, sum(sign), sum(sign * seconds), sum(sign * cost_minor),
       sum(sign * revenue_minor)
FROM {signed} s WHERE deleted_at IS NULL AND project_id IS NOT NULL
GROUP BY organisation_id, project_id, task_id
HAVING sum(sign) <> 0 OR sum(sign * seconds) <> 0 OR sum(sign * cost_minor) <> 0 OR sum(sign * revenue_minor) <> 0;

-- part: sales of hours
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, unbilled_minor, draft_minor)
WITH moved AS MATERIALIZED (
    SELECT id, sum(sign * revenue_minor)::bigint AS minor FROM {signed} s
    GROUP BY id HAVING sum(sign * revenue_minor) <> 0
),
sold AS MATERIALIZED (
    SELECT a.id, a.organisation_id, a.project_id, a.task_id, moved.minor,
           a.adjustment_status = 'STANDS' AND a.billing_status IN ('CREATED', 'READY')
               AND a.billing_type = 'CHARGEABLE' AS is_open
    FROM moved JOIN actual a ON a.time_entry_id = moved.id AND a.transaction_type = 'UNBILLED_SALES'
)
SELECT organisation_id, project_id, task_id, sum(unbilled), sum(draft) FROM (
    SELECT organisation_id, project_id, task_id, minor AS unbilled, 0 AS draft FROM sold WHERE is_open
    UNION ALL
    SELECT l.organisation_id, l.project_id, l.task_id, 0, sold.minor
    FROM sold
    JOIN billing_claim c ON c.actual_id = sold.id AND c.released_at IS NULL
    JOIN billing_record_line l ON l.id = c.billing_record_line_id
     AND l.billing_type = 'CHARGEABLE' AND l.project_id IS NOT NULL
    JOIN billing_record r ON r.id = l.billing_record_id AND r.status IN ('DRAFT', 'IN_REVIEW')
    -- What is open is on no record: in bulk most is, and is not looked for among the claims.
    WHERE NOT sold.is_open
) worth
GROUP BY organisation_id, project_id, task_id HAVING sum(unbilled) <> 0 OR sum(draft) <> 0;

-- part: sales
PERFORM e.id FROM time_entry e
WHERE e.id IN (
    SELECT time_entry_id FROM {signed} s
    WHERE transaction_type = 'UNBILLED_SALES' AND adjustment_status = 'STANDS'
      AND billing_status IN ('CREATED', 'READY') AND billing_type = 'CHARGEABLE'
    GROUP BY time_entry_id HAVING sum(sign) <> 0
)
ORDER BY e.work_date, e.id FOR NO KEY UPDATE;
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, unbilled_minor)
SELECT s.organisation_id, s.project_id, s.task_id, sum(s.sign * coalesce(e.revenue_minor, s.amount_minor))
FROM {signed} s LEFT JOIN time_entry e ON e.id = s.time_entry_id
WHERE s.transaction_type = 'UNBILLED_SALES' AND s.adjustment_status = 'STANDS'
  AND s.billing_status IN ('CREATED', 'READY') AND s.billing_type = 'CHARGEABLE'
GROUP BY s.organisation_id, s.project_id, s.task_id
HAVING sum(s.sign * coalesce(e.revenue_minor, s.amount_minor)) <> 0;

-- part: new lines
-- At their own amount. Their claims, which may come with the same statement, add what their hours are worth beyond it.
PERFORM r.id FROM billing_record r WHERE r.id IN (SELECT billing_record_id FROM {signed} s)
ORDER BY r.id FOR NO KEY UPDATE;
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, draft_minor, billed_minor)
SELECT s.organisation_id, s.project_id, s.task_id,
       coalesce(sum(s.amount_minor) FILTER (WHERE r.status <> 'POSTED'), 0),
       coalesce(sum(s.amount_minor) FILTER (WHERE r.status = 'POSTED'), 0)
FROM {signed} s JOIN billing_record r ON r.id = s.billing_record_id AND r.status <> 'DELETED'
WHERE s.billing_type = 'CHARGEABLE' AND s.project_id IS NOT NULL
GROUP BY s.organisation_id, s.project_id, s.task_id;

-- part: lines
PERFORM r.id FROM billing_record r WHERE r.id IN (SELECT billing_record_id FROM {signed} s)
ORDER BY r.id FOR NO KEY UPDATE;
PERFORM e.id FROM time_entry e
WHERE e.id IN (
    SELECT a.time_entry_id FROM {signed} s
    JOIN billing_claim c ON c.billing_record_line_id = s.id AND c.released_at IS NULL
    JOIN actual a ON a.id = c.actual_id
)
ORDER BY e.work_date, e.id FOR NO KEY UPDATE;
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, draft_minor, billed_minor)
SELECT organisation_id, project_id, task_id, coalesce(sum(minor) FILTER (WHERE status <> 'POSTED'), 0),
       coalesce(sum(minor) FILTER (WHERE status = 'POSTED'), 0)
FROM (
    SELECT s.organisation_id, s.project_id, s.task_id, r.status,
           s.sign * CASE WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                         ELSE s.amount_minor END AS minor
    FROM {signed} s
    JOIN billing_record r ON r.id = s.billing_record_id AND r.status <> 'DELETED'
    LEFT JOIN billing_claim c ON c.billing_record_line_id = s.id AND c.released_at IS NULL
    LEFT JOIN actual a ON a.id = c.actual_id
    LEFT JOIN time_entry e ON e.id = a.time_entry_id
    WHERE s.billing_type = 'CHARGEABLE' AND s.project_id IS NOT NULL
) worth
GROUP BY organisation_id, project_id, task_id HAVING sum(minor) <> 0;

-- part: claims
PERFORM r.id FROM billing_record r
WHERE r.id IN (
    SELECT l.billing_record_id FROM {signed} s JOIN billing_record_line l ON l.id = s.billing_record_line_id
)
ORDER BY r.id FOR NO KEY UPDATE;
PERFORM e.id FROM time_entry e
WHERE e.id IN (SELECT a.time_entry_id FROM {signed} s JOIN actual a ON a.id = s.actual_id)
ORDER BY e.work_date, e.id FOR NO KEY UPDATE;
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, draft_minor)
SELECT l.organisation_id, l.project_id, l.task_id, sum(s.sign * (e.revenue_minor - l.amount_minor))
FROM {signed} s
JOIN billing_record_line l ON l.id = s.billing_record_line_id
 AND l.billing_type = 'CHARGEABLE' AND l.project_id IS NOT NULL
JOIN billing_record r ON r.id = l.billing_record_id AND r.status IN ('DRAFT', 'IN_REVIEW')
JOIN actual a ON a.id = s.actual_id
JOIN time_entry e ON e.id = a.time_entry_id
WHERE s.released_at IS NULL
GROUP BY l.organisation_id, l.project_id, l.task_id HAVING sum(s.sign * (e.revenue_minor - l.amount_minor)) <> 0;

-- part: records
IF NOT EXISTS (SELECT FROM {signed} s GROUP BY id, status HAVING sum(sign) <> 0) THEN
    RETURN NULL;
END IF;
PERFORM e.id FROM time_entry e
WHERE e.id IN (
    SELECT a.time_entry_id FROM {signed} s
    JOIN billing_record_line l ON l.billing_record_id = s.id
    JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
    JOIN actual a ON a.id = c.actual_id
    WHERE s.status IN ('DRAFT', 'IN_REVIEW')
)
ORDER BY e.work_date, e.id FOR NO KEY UPDATE;
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, draft_minor, billed_minor)
SELECT organisation_id, project_id, task_id, coalesce(sum(minor) FILTER (WHERE status <> 'POSTED'), 0),
       coalesce(sum(minor) FILTER (WHERE status = 'POSTED'), 0)
FROM (
    SELECT l.organisation_id, l.project_id, l.task_id, s.status,
           s.sign * CASE WHEN s.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                         ELSE l.amount_minor END AS minor
    FROM (SELECT id, status, sum(sign) AS sign FROM {signed} both_ways GROUP BY id, status) s
    JOIN billing_record_line l ON l.billing_record_id = s.id
     AND l.billing_type = 'CHARGEABLE' AND l.project_id IS NOT NULL
    LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
    LEFT JOIN actual a ON a.id = c.actual_id
    LEFT JOIN time_entry e ON e.id = a.time_entry_id
    WHERE s.sign <> 0 AND s.status <> 'DELETED'
) worth
GROUP BY organisation_id, project_id, task_id
HAVING coalesce(sum(minor) FILTER (WHERE status <> 'POSTED'), 0) <> 0
    OR coalesce(sum(minor) FILTER (WHERE status = 'POSTED'), 0) <> 0;

-- part: expenses
INSERT INTO roll_up_delta (organisation_id, project_id, task_id, planned_billable_minor, planned_non_billable_minor,
    actual_billable_minor, actual_non_billable_minor)
SELECT organisation_id, project_id, task_id,
       coalesce(sum(sign * planned_minor) FILTER (WHERE is_billable), 0),
       coalesce(sum(sign * planned_minor) FILTER (WHERE NOT is_billable), 0),
       coalesce(sum(sign * actual_minor) FILTER (WHERE is_billable), 0),
       coalesce(sum(sign * actual_minor) FILTER (WHERE NOT is_billable), 0)
FROM {signed} s WHERE deleted_at IS NULL GROUP BY organisation_id, project_id, task_id;

-- part: history
-- A valuation says the day it rated. For those there are: the day of the cost that was booked last by then.
ALTER TABLE valuation DISABLE TRIGGER valuation_is_final;
ALTER TABLE valuation ADD COLUMN work_date date;
UPDATE valuation v SET work_date = coalesce(
    (SELECT a.transaction_date FROM actual a
     WHERE a.time_entry_id = v.time_entry_id AND a.transaction_type = 'COST' AND a.reverses_id IS NULL
       AND a.recorded_at <= v.recorded_at ORDER BY a.id DESC LIMIT 1),
    (SELECT e.work_date FROM time_entry e WHERE e.id = v.time_entry_id)
);
ALTER TABLE valuation ALTER COLUMN work_date SET NOT NULL;
ALTER TABLE valuation ENABLE TRIGGER valuation_is_final;

-- When a draft was deleted: with its claims, or as the audit log says.
ALTER TABLE billing_record ADD COLUMN deleted_at timestamptz;
UPDATE billing_record r SET deleted_at = coalesce(
    (SELECT max(c.released_at) FROM billing_claim c JOIN billing_record_line l ON l.id = c.billing_record_line_id
     WHERE l.billing_record_id = r.id),
    (SELECT max(a.recorded_at) FROM audit a
     WHERE a.organisation_id = r.organisation_id AND a.entity = 'billing_record' AND a.entity_id = r.id
       AND a.action = 'delete'),
    r.created_at
) WHERE r.status = 'DELETED';

-- part: sum up
INSERT INTO roll_up (organisation_id, project_id, task_id, entries, seconds, cost_minor, revenue_minor, unbilled_minor,
    draft_minor, billed_minor, planned_billable_minor, planned_non_billable_minor, actual_billable_minor,
    actual_non_billable_minor)
SELECT organisation_id, project_id, task_id, sum(entries), sum(seconds), sum(cost), sum(revenue), sum(unbilled),
       sum(draft), sum(billed), sum(planned_billable), sum(planned_other), sum(actual_billable), sum(actual_other)
FROM (
    SELECT organisation_id, project_id, task_id, 1 AS entries, seconds, cost_minor AS cost, revenue_minor AS revenue,
           0::bigint AS unbilled, 0::bigint AS draft, 0::bigint AS billed, 0::bigint AS planned_billable,
           0::bigint AS planned_other, 0::bigint AS actual_billable, 0::bigint AS actual_other
    FROM time_entry WHERE deleted_at IS NULL AND project_id IS NOT NULL
    UNION ALL
    SELECT a.organisation_id, a.project_id, a.task_id, 0, 0, 0, 0, coalesce(e.revenue_minor, a.amount_minor), 0, 0, 0, 0,
           0, 0
    FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
    WHERE a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
      AND a.billing_status IN ('CREATED', 'READY') AND a.billing_type = 'CHARGEABLE'
    UNION ALL
    SELECT l.organisation_id, l.project_id, l.task_id, 0, 0, 0, 0, 0,
           CASE WHEN r.status = 'POSTED' THEN 0
                WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                ELSE l.amount_minor END,
           CASE WHEN r.status = 'POSTED' THEN l.amount_minor ELSE 0 END, 0, 0, 0, 0
    FROM billing_record_line l
    JOIN billing_record r ON r.id = l.billing_record_id AND r.status <> 'DELETED'
    LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
    LEFT JOIN actual a ON a.id = c.actual_id
    LEFT JOIN time_entry e ON e.id = a.time_entry_id
    WHERE l.billing_type = 'CHARGEABLE' AND l.project_id IS NOT NULL
    UNION ALL
    SELECT organisation_id, project_id, task_id, 0, 0, 0, 0, 0, 0, 0,
           CASE WHEN is_billable THEN planned_minor ELSE 0 END, CASE WHEN is_billable THEN 0 ELSE planned_minor END,
           CASE WHEN is_billable THEN actual_minor ELSE 0 END, CASE WHEN is_billable THEN 0 ELSE actual_minor END
    FROM expense WHERE deleted_at IS NULL
) figures
GROUP BY organisation_id, project_id, task_id;
