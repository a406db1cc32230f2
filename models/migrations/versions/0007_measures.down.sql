DROP TRIGGER baseline_task_is_final ON baseline_task;
DROP TRIGGER baseline_is_final ON baseline;
DROP FUNCTION refuse_change_of_baseline;
