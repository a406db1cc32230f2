-- Until now an assignment of which nobody had said the hours had 0 of them. It takes an equal share from now on.
UPDATE assignment SET planned_seconds = NULL WHERE planned_seconds = 0;

-- Where all hours were given by hand, the task's are their sum. Those of a parent are the sum of its children.
UPDATE task t SET planned_seconds = given.total
FROM (
    SELECT task_id, sum(planned_seconds)::bigint AS total FROM assignment
    GROUP BY task_id HAVING bool_and(planned_seconds IS NOT NULL)
) given
WHERE given.task_id = t.id AND t.planned_seconds <> given.total
  AND NOT EXISTS (SELECT FROM task child WHERE child.parent_id = t.id);

-- Where some were, the task has at least as many.
UPDATE task t SET planned_seconds = given.total
FROM (SELECT task_id, sum(planned_seconds)::bigint AS total FROM assignment GROUP BY task_id) given
WHERE given.task_id = t.id AND t.planned_seconds < given.total
  AND NOT EXISTS (SELECT FROM task child WHERE child.parent_id = t.id);

-- The first one on a task is its primary assignment.
UPDATE assignment a SET is_primary = (a.id = (
    SELECT o.id FROM assignment o WHERE o.task_id = a.task_id ORDER BY o.is_primary DESC, o.id LIMIT 1
));
