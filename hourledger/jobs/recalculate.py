"""Recalculation in the background: project by project, each in a transaction of its own."""

from __future__ import annotations

import structlog
from procrastinate import App

from hourledger.core.errors import HourledgerError
from hourledger.jobs.tools import Tools
from hourledger.services.recalculate_projects import failed, finish_run, recalculate_project, run_scope

log = structlog.get_logger(__name__)


def register_recalculate(app: App, tools: Tools) -> None:
    """The task ``recalculate``."""

    @app.task(name="recalculate")
    async def recalculate(organisation_id: int, run_id: int) -> None:
        """A project is done whole or not at all; one that fails does not stop the others (CT-R8)."""
        principal = tools.principal(organisation_id)
        async with tools.transactions.begin(principal) as unit:
            project_ids, _ = await run_scope(unit, run_id)
        results = []
        for project_id in project_ids:
            try:
                async with tools.transactions.begin(principal) as unit:
                    results.append(await recalculate_project(unit, project_id, run_id=run_id))
            except HourledgerError as error:
                log.warning("recalculation_failed", project_id=project_id, code=error.code)
                results.append(failed(project_id, error))
        async with tools.transactions.begin(principal) as unit:
            await finish_run(unit, run_id, results)
        log.info("recalculated", run_id=run_id, projects=len(results), changed=sum(one.changed for one in results))
