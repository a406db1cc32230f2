"""A worker in a process of its own, to be killed: python -m tests.jobs.worker_process DATABASE_URL BATCH_PROJECTS.

It takes a few projects at a time, so that a small run is many batches.
"""

from __future__ import annotations

import asyncio
import sys

from cryptography.fernet import Fernet
from pydantic import SecretStr

from hourledger.jobs.worker import run_worker
from hourledger.runtime import Runtime
from hourledger.services import recalculation_runs
from hourledger.settings import Settings
from models.secrets import SecretBox

if __name__ == "__main__":
    _, database_url, batch_projects = sys.argv
    recalculation_runs.BATCH_PROJECTS = int(batch_projects)
    box = SecretBox([SecretStr(Fernet.generate_key().decode())])
    asyncio.run(run_worker(Runtime(Settings(), database_url, box), concurrency=1))
