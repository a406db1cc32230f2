"""When things run: the tasks of the job queue and their schedules."""
