"""Which files of the machine a connection may name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors import local_files
from connectors.sources.csv import CsvConfig
from connectors.targets.beancount import BeancountConfig


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[Path]:
    allowed = tmp_path / "imports"
    allowed.mkdir()
    (tmp_path / "secret.csv").write_text("x")
    (allowed / "link.csv").symlink_to(tmp_path / "secret.csv")
    local_files.allow_only((allowed,))
    yield allowed
    local_files.allow_only(None)


OUTSIDE = ("../secret.csv", "link.csv", "/etc/passwd")


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_out_of_the_allowed_folders_is_refused(bound: Path, path: str) -> None:
    with pytest.raises(ValidationError, match="HOURLEDGER_LOCAL_FOLDERS"):
        CsvConfig(path=bound / path, profile="toggl-detailed")
    with pytest.raises(ValidationError, match="HOURLEDGER_LOCAL_FOLDERS"):
        BeancountConfig(folder=bound / path)


def test_a_path_below_an_allowed_folder_is_accepted(bound: Path) -> None:
    assert CsvConfig(path=bound / "toggl" / "may.csv", profile="toggl-detailed").path.name == "may.csv"


def test_without_a_bound_any_path_is_accepted(tmp_path: Path) -> None:
    assert CsvConfig(path=tmp_path / "may.csv", profile="toggl-detailed").path.name == "may.csv"
