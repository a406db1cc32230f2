-- The equal shares as numbers.
UPDATE assignment a SET planned_seconds = shared.seconds
FROM (
    SELECT id, unsaid / sharers + CASE WHEN place <= unsaid % sharers THEN 1 ELSE 0 END AS seconds
    FROM (
        SELECT o.id, row_number() OVER (PARTITION BY o.task_id ORDER BY o.id) AS place,
               count(*) OVER (PARTITION BY o.task_id) AS sharers,
               greatest(t.planned_seconds - coalesce(
                   (SELECT sum(m.planned_seconds)::bigint FROM assignment m WHERE m.task_id = o.task_id), 0
               ), 0) AS unsaid
        FROM assignment o JOIN task t ON t.id = o.task_id WHERE o.planned_seconds IS NULL
    ) open
) shared
WHERE shared.id = a.id;

-- Not validated: rates of assignments that were removed stay.
ALTER TABLE rate_scope ADD CONSTRAINT fk_rate_scope_assignment_id FOREIGN KEY (assignment_id)
    REFERENCES assignment (id) NOT VALID;
