import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.problems import Kind
from api.v1 import guide, identify, programmes, regions
from api.web import WEB
from api.web.languages import load_strings, preferred
from indexer.regions import region_codes

STRINGS = load_strings()
KEY = r"[a-z_]+(?:\.[a-z_]+)*"
OWN_PROBLEMS = {"cancelled", "offline", "unreachable", "slow", "unreadable", "no_face"}
FROM_THE_WHOLE_SERVICE = {Kind.INTERNAL, Kind.HTTP}


def flat(strings: object, key: str = "") -> Iterator[tuple[str, str]]:
    """(dotted key, text) of every string."""
    if isinstance(strings, str):
        yield key, strings
    else:
        parts = strings.items() if isinstance(strings, dict) else enumerate(strings)  # type: ignore[arg-type,var-annotated]
        for name, part in parts:
            yield from flat(part, f"{key}.{name}".lstrip("."))


def placeholders(language: str) -> dict[str, list[str]]:
    return {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in flat(STRINGS[language])}


def modules() -> str:
    return "\n".join(path.read_text() for path in sorted((WEB / "static/app").glob("*.js")))


def templates() -> str:
    return "\n".join(path.read_text() for path in sorted((WEB / "templates").glob("*.html")))


def has(key: str) -> bool:
    found: object = STRINGS["en"]
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found is not None


def test_every_language_says_the_same_things_with_the_same_values() -> None:
    assert set(STRINGS) == {"en", "fr"}
    assert placeholders("fr") == placeholders("en")


def test_no_string_is_empty_or_left_in_english() -> None:
    english, french = (dict(flat(STRINGS[language])) for language in ("en", "fr"))
    assert all(english.values())
    same = {key for key in english if english[key] == french[key] and re.search("[a-z]", english[key])}
    assert same <= {"name", "site.api", "site.nav", "answer.title.year"}


def test_every_string_that_a_page_or_module_names_exists() -> None:
    named = set(re.findall(rf'say(?:Count)?\("({KEY})"', modules())) | set(re.findall(rf'phrase\("({KEY})"', modules()))
    counted = set(re.findall(rf'sayCount\("({KEY})"', modules()))
    assert len(named) > 40
    assert [key for key in named - counted if not has(key)] == []
    assert [key for key in counted if not (has(f"{key}_one") and has(f"{key}_other"))] == []
    in_templates = set(re.findall(rf"\bt\.({KEY})", templates()))
    assert len(in_templates) > 20
    assert [key for key in in_templates if not has(key.removesuffix(".replace"))] == []


def test_every_string_is_used() -> None:
    used = modules() + templates() + (WEB / "pages.py").read_text()
    keys = {re.sub(r"_(one|other)$", "", key) for key, _ in flat(STRINGS["en"])}
    put_together = {key for key in keys if key.startswith(("problems.", "privacy.sections", "aim.camera_", "regions."))}
    named = {key for key in keys if key in used}
    by_part = {
        key for key in keys if re.search(rf"\"{key.rpartition('.')[2]}\"|words\.{key.rpartition('.')[2]}\b", used)
    }
    by_part |= {f"problem_view.{action}" for action in ("again", "another", "place", "moment", "programme")}
    assert keys - put_together - named - by_part == set()


def test_the_parts_of_countries_that_have_names_are_regions() -> None:
    parts = {code for code in region_codes() if len(code) > 2}

    assert set(STRINGS["en"]["regions"]) <= parts
    assert {code.partition("-")[0] for code in parts} == {"CA", "FR", "US"}


def test_every_problem_that_the_app_can_meet_is_told_in_its_own_words() -> None:
    routers = (identify.router, guide.router, regions.router, programmes.router)
    documented = [route.responses for router in routers for route in router.routes]  # type: ignore[attr-defined]
    codes = {
        code
        for responses in documented
        for response in responses.values()
        for content in response.get("content", {}).values()
        for code in content.get("examples", {})
    }
    assert len(codes) > 20
    codes |= OWN_PROBLEMS | {kind.code for kind in FROM_THE_WHOLE_SERVICE}
    for language in STRINGS:
        assert codes - set(STRINGS[language]["problems"]) == set()
        assert all(len(words) == 2 for words in STRINGS[language]["problems"].values())


def test_every_problem_that_is_told_exists() -> None:
    assert set(STRINGS["en"]["problems"]) <= {kind.code for kind in Kind} | OWN_PROBLEMS


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("fr-CA", "fr"),
        ("FR", "fr"),
        ("en-GB,fr;q=0.9", "en"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("de-DE,fr;q=0.6,en;q=0.4", "fr"),
        ("fr;q=0", "en"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
        ("fr;q=nonsense,en", "en"),
        (";;,,q=", "en"),
    ],
)
def test_the_language_that_the_browser_likes_best_is_chosen(header: str, language: str) -> None:
    assert preferred(header, STRINGS) == language


def test_languages_are_found_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text(json.dumps({"name": "Trova"}))
    assert load_strings(tmp_path) == {"it": {"name": "Trova"}}
