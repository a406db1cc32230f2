"""A connector is found because its file is there."""

from __future__ import annotations

import pytest

from connectors import registry
from connectors.base import ConnectorMeta
from connectors.targets.beancount import BeancountTarget
from connectors.targets.tryton import TrytonTarget
from hourledger.core.errors import Missing


def test_sources_and_targets_are_found_by_key() -> None:
    assert {"csv", "timetagger"} <= {meta.key for meta in registry.sources()}
    assert {"beancount", "tryton"} <= {meta.key for meta in registry.targets()}
    assert registry.target("beancount").meta is BeancountTarget.meta
    assert registry.target("tryton").meta is TrytonTarget.meta
    assert registry.source("csv").meta.key == "csv"


def test_a_target_is_not_a_source() -> None:
    with pytest.raises(Missing, match="no time source 'beancount'"):
        registry.source("beancount")


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(Missing, match=r"no journal target 'netsuit'. Known are: beancount, .*tryton") as caught:
        registry.target("netsuit")
    assert (caught.value.code, caught.value.field) == ("CONNECTOR_UNKNOWN", "connector")


@pytest.mark.parametrize("meta", [*registry.sources(), *registry.targets()], ids=lambda meta: meta.key)
def test_every_connector_tells_an_operator_what_it_needs(meta: ConnectorMeta) -> None:
    assert meta.title
    assert meta.verified_against
    for name, setting in meta.config.model_fields.items():
        assert setting.description, f"{meta.key}.{name} has no description"
