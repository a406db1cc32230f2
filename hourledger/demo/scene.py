"""What the chapters of the demo share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hourledger.demo.client import Api
from hourledger.demo.console import Teller
from hourledger.demo.consultancy import Consultancy
from hourledger.peers.timetagger import TimeTaggerServer
from hourledger.peers.tryton import TrytonServer
from models.secrets import SecretBox


@dataclass
class Scene:
    """What the chapters share: the servers, the API, and what was learned on the way."""

    teller: Teller
    folder: Path
    database_url: str
    box: SecretBox
    firm: Consultancy
    url: str
    api: Api
    timetagger: TimeTaggerServer
    tryton: TrytonServer
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """Global ids by kind and name: people, companies, accounts, projects, and tasks as "project / task"."""
    connections: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
