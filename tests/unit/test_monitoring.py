"""Metrics, alert rules and the Grafana dashboard keep up with each other."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from api.metrics import Metrics
from api.ops.gauges import CoverageGauges
from tests.paths import ROOT

FOLDER = ROOT / "docs" / "operations"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
DURATION = re.compile(r"[0-9]+(s|m|h|d)")
SEVERITIES = {"warning", "critical"}


def metrics() -> list[Metric]:
    told = Metrics()
    CoverageGauges(told.registry)
    return list(told.registry.collect())


def documented_names() -> set[str]:
    return {metric.name + ("_total" if metric.type == "counter" else "") for metric in metrics()}


def series_names() -> set[str]:
    """The names that an expression may use."""
    return {metric.name + suffix for metric in metrics() for suffix in SUFFIXES.get(metric.type, ("",))}


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((FOLDER / "prometheus-alerts.yml").read_text(encoding="utf-8"))["groups"]:
        assert set(group) == {"name", "rules"}
        yield from group["rules"]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    return found


def expressions() -> list[str]:
    told = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in rules()] + told


def grouped(expression: str) -> set[str]:
    """The labels by which it adds up, or takes the most or least of."""
    return {label for by in re.findall(r"\bby \(([^)]*)\)", expression) for label in by.split(", ")}


def is_balanced(expression: str) -> bool:
    """Whether every bracket outside of texts is closed by its like."""
    awaited: list[str] = []
    for letter in re.sub(r'"[^"]*"', "", expression):
        if letter in "([{":
            awaited.append(")]}"["([{".index(letter)])
        elif letter in ")]}" and (not awaited or awaited.pop() != letter):
            return False
    return not awaited


def test_every_metric_is_documented_and_every_documented_metric_exists() -> None:
    text = (FOLDER / "metrics.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(fta_\w+)`", text, flags=re.MULTILINE)) == documented_names()


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_metrics_that_exist(expression: str) -> None:
    named = set(re.findall(r"\bfta_\w+", expression))

    assert named
    assert named <= series_names()
    assert is_balanced(expression)


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_selects_by_labels_that_the_metric_has(expression: str) -> None:
    text = (FOLDER / "metrics.md").read_text(encoding="utf-8")
    labels = dict(re.findall(r"^\| `(fta_\w+)` \| ([^|]*) \|", text, flags=re.MULTILINE))
    for name, matchers in re.findall(r"\b(fta_\w+)\{([^}]*)\}", expression):
        base = name if name in labels else re.sub(r"_(bucket|sum|count)$", "", name)
        used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', "", matchers)))
        assert used <= set(labels[base].split(", ")), name


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_groups_by_labels_that_its_metrics_have(expression: str) -> None:
    text = (FOLDER / "metrics.md").read_text(encoding="utf-8")
    labels = dict(re.findall(r"^\| `(fta_\w+)` \| ([^|]*) \|", text, flags=re.MULTILINE))
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bfta_\w+", expression)}
    had = {"le"}.union(*(labels[name].split(", ") for name in named))

    assert grouped(expression) <= had


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["alert"])
def test_what_a_rule_says_names_labels_that_its_alerts_carry(rule: dict[str, Any]) -> None:
    told = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))

    assert told <= grouped(rule["expr"])


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["alert"])
def test_a_rule_has_what_prometheus_and_its_reader_need(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert DURATION.fullmatch(rule.get("for", "1m"))
    assert rule["labels"]["severity"] in SEVERITIES
    assert set(rule["annotations"]) == {"summary", "description"}
    for text in rule["annotations"].values():
        assert text.count("{{") == text.count("}}")


def test_no_two_rules_have_one_name() -> None:
    names = [rule["alert"] for rule in rules()]

    assert len(names) == len(set(names))


def test_the_panels_fill_the_width_without_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells)
        taken |= cells


def test_the_dashboard_asks_the_chosen_prometheus_for_everything() -> None:
    variables = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))["templating"]["list"]
    chosen = {"type": "prometheus", "uid": "${datasource}"}

    assert [(it["name"], it["type"]) for it in variables] == [("datasource", "datasource"), ("region", "query")]
    assert variables[1]["datasource"] == chosen
    assert all(panel["datasource"] == chosen for panel in panels())
    assert {panel["type"] for panel in panels()} <= {"bargauge", "stat", "timeseries"}
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_the_check_of_brackets_notices_what_is_open() -> None:
    assert not is_balanced("sum(rate(fta_releases[5m])")
    assert not is_balanced("sum(rate(fta_releases[5m)])")
    assert is_balanced('fta_releases{region="("}')
