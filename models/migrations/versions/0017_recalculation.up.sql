-- Reasons, one for all valuations that say the same. A valuation whose cap moved kept the reason of the one it follows;
-- it now says so itself, and when the rates were looked up.
INSERT INTO rating_reason (organisation_id, digest, cost_rate_line_id, revenue_rate_line_id, provenance)
SELECT organisation_id, encode(sha256(convert_to(provenance::text, 'UTF8')), 'hex'), min(cost_rate_line_id),
       min(revenue_rate_line_id), provenance
FROM valuation WHERE NOT provenance ? 'follows' GROUP BY organisation_id, provenance;

ALTER TABLE valuation DISABLE TRIGGER valuation_is_final;
WITH RECURSIVE rated AS (
    SELECT id, id AS rated_by FROM valuation WHERE NOT provenance ? 'follows'
    UNION ALL
    SELECT v.id, rated.rated_by FROM valuation v JOIN rated ON rated.id = (v.provenance ->> 'follows')::bigint
)
UPDATE valuation v SET reason_id = r.id, rated_at = source.recorded_at
FROM rated JOIN valuation source ON source.id = rated.rated_by
JOIN rating_reason r ON r.organisation_id = source.organisation_id
    AND r.digest = encode(sha256(convert_to(source.provenance::text, 'UTF8')), 'hex')
WHERE rated.id = v.id;
ALTER TABLE valuation ENABLE TRIGGER valuation_is_final;

UPDATE time_entry e SET reason_id = v.reason_id, uncapped_revenue_minor = v.uncapped_revenue_minor
FROM valuation v WHERE v.id = e.valuation_id;

-- Outcomes of runs, a row each.
INSERT INTO recalculation_project (organisation_id, run_id, project_id, outcome, currency, entries, changed, unchanged,
    frozen, cost_delta_minor, revenue_delta_minor, code, message, digest, finished_at)
SELECT r.organisation_id, r.id, (one ->> 'project_id')::bigint, one ->> 'outcome', p.currency,
       (one ->> 'changed')::bigint + (one ->> 'unchanged')::bigint + (one ->> 'frozen')::bigint,
       (one ->> 'changed')::bigint, (one ->> 'unchanged')::bigint, (one ->> 'frozen')::bigint,
       (one ->> 'cost_delta_minor')::bigint, (one ->> 'revenue_delta_minor')::bigint, '', one ->> 'message', '',
       r.finished_at
FROM recalculation_run r CROSS JOIN LATERAL jsonb_array_elements(r.result -> 'projects') AS one
LEFT JOIN project p ON p.id = (one ->> 'project_id')::bigint;

-- Valuations name entries and reasons without foreign keys, so these stay for ever.
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % stays: history refers to it', TG_TABLE_NAME, OLD.id USING ERRCODE = 'HL001';
END $$;
CREATE TRIGGER time_entry_stays BEFORE DELETE ON time_entry
    FOR EACH ROW WHEN (NOT OLD.is_locked) EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER recalculation_run_stays BEFORE DELETE ON recalculation_run
    FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER rating_reason_is_final BEFORE UPDATE OR DELETE ON rating_reason
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
