DROP TRIGGER rating_reason_is_final ON rating_reason;
DROP TRIGGER recalculation_run_stays ON recalculation_run;
DROP TRIGGER time_entry_stays ON time_entry;
DROP FUNCTION refuse_deletion();

-- What was said once is written on every valuation again; a value taken back has no word in the older schema.
ALTER TABLE valuation DISABLE TRIGGER valuation_is_final;
UPDATE valuation v SET provenance = r.provenance, cost_rate_line_id = r.cost_rate_line_id,
    revenue_rate_line_id = r.revenue_rate_line_id,
    cause = CASE WHEN v.cause IN ('CAP_MOVED', 'UNDONE') THEN 'RECALCULATED' ELSE v.cause END
FROM rating_reason r WHERE r.id = v.reason_id;
ALTER TABLE valuation ENABLE TRIGGER valuation_is_final;

UPDATE recalculation_run r SET result = jsonb_build_object('projects', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('project_id', p.project_id, 'outcome', p.outcome, 'changed', p.changed,
        'unchanged', p.unchanged, 'frozen', p.frozen, 'cost_delta_minor', p.cost_delta_minor,
        'revenue_delta_minor', p.revenue_delta_minor, 'message', p.message) ORDER BY p.id), '[]'::jsonb)
    FROM recalculation_project p WHERE p.run_id = r.id AND p.project_id IS NOT NULL)),
    status = CASE r.status WHEN 'QUEUED' THEN 'RUNNING' WHEN 'CANCELLED' THEN 'FAILED' ELSE r.status END;
