"""Plots: figures as shapes, for the eyes; what they say is also said in words."""

import re
from xml.etree import ElementTree

from api.ops import plots
from api.ops.plots import Series


def shapes(svg: str, tag: str) -> list[dict[str, str]]:
    return [element.attrib for element in ElementTree.fromstring(svg).iter(tag)]  # noqa: S314  # it is ours


def test_lines_reach_from_the_bottom_to_the_highest_value() -> None:
    [path] = shapes(plots.lines("Questions", [Series("good", [0, 5, 10])]), "path")
    assert path["d"] == "M0.0 99.0h2L500.0 50.0L1000.0 1.0"
    assert path["class"] == "good"


def test_a_line_is_broken_where_nothing_is_known() -> None:
    [path] = shapes(plots.lines("Questions", [Series("good", [1, None, 1])]), "path")
    assert path["d"].count("M") == 2


def test_nothing_at_all_is_drawn_on_the_ground() -> None:
    [path] = shapes(plots.lines("Questions", [Series("good", [None, 0])]), "path")
    assert path["d"] == "M1000.0 99.0h2"
    assert shapes(plots.columns("Questions", [Series("good", [])]), "rect") == []


def test_columns_stand_on_each_other() -> None:
    below, above = shapes(plots.columns("x", [Series("good", [1]), Series("bad", [3])]), "rect")
    assert (below["y"], below["height"]) == ("75.0", "25.0")
    assert (above["y"], above["height"]) == ("0.0", "75.0")


def test_a_strip_has_a_cell_for_each_and_gaps() -> None:
    svg = plots.strip("Day", [("step1", "20:30: <4> people"), None, ("step2", "")])
    assert [cell["x"] for cell in shapes(svg, "rect")] == ["20.0", "686.7"]
    assert "&lt;4&gt; people" in svg


def test_a_stretch_lies_where_it_was_in_time() -> None:
    now, before = shapes(plots.range_bar("Job", "good", 0.25, 0.75, before=(0.1, 0.2)), "rect")
    assert (now["x"], now["width"]) == ("250.0", "500.0")
    assert (before["x"], before["width"]) == ("100.0", "100.0")


def test_every_plot_has_a_name_and_no_style() -> None:
    drawn = plots.lines('what "it" shows', [Series("good", [1])])
    assert ElementTree.fromstring(drawn).get("aria-label") == 'what "it" shows'  # noqa: S314  # it is ours
    assert not re.search("style=|fill=|stroke=", drawn)


def test_sums_end_with_a_whole_part() -> None:
    assert plots.sums([1, 2, None, 4, 5], 2) == [1, 2, 9]
    assert plots.sums([], 5) == []
