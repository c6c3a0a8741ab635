import tomllib
from importlib import resources

import pytest

from db.keys import channel_key, slug
from indexer.listings.channels import RENAMED, market
from indexer.regions import load_region, region_codes

TABLES = tomllib.loads((resources.files("indexer.listings") / "channels.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("code", "name", "spellings"),
    [
        ("fr", "TF1", ["TF1 HD", "TF 1", "tf1", "TF1 UHD"]),
        ("fr", "France 2", ["France2", "FRANCE 2 HD", "France-2"]),
        ("fr", "Canal+", ["Canal +", "CANAL+ HD", "Canal Plus"]),
        ("fr", "RTL 9", ["RTL9"]),
        ("fr", "BFM TV", ["BFMTV", "BFM TV HD"]),
        ("fr", "Franceinfo", ["franceinfo:", "France Info", "France info TV"]),
        ("fr", "L'Equipe", ["L’Équipe", "L'Équipe 21", "La chaîne L'Equipe"]),
        ("fr", "La Chaîne Parlementaire", ["LCP/PS", "LCP", "La Chaine Parlementaire"]),
        ("fr", "Réunion 1ère", ["Réunion la 1ère", "La Réunion 1ère"]),
        ("fr", "TFX", ["NT1"]),
        ("fr", "RMC Life", ["Chérie 25", "cherie25", "Chérie 25 HD"]),
        ("fr", "RTS 1", ["RTS Un", "RTS1 HD"]),
        ("fr", "La Une", ["RTBF La Une"]),
        ("gb", "BBC One", ["BBC1", "BBC One HD", "BBC 1"]),
        ("gb", "5", ["Channel 5", "Channel 5 HD", "Five"]),
        ("gb", "RTÉ One", ["RTE One", "RTÉ1"]),
        ("us", "The CW", ["CW"]),
        ("us", "USA Network", ["USA"]),
        ("ca", "ICI Télé", ["ICI Radio-Canada Télé"]),
    ],
)
def test_spellings_of_different_sources_are_one_channel(code: str, name: str, spellings: list[str]) -> None:
    assert {market(code).name(said) for said in spellings} == {name}
    assert len({market(code).slug(said) for said in [name, *spellings]}) == 1
    assert {channel_key(said) for said in spellings} <= market(code).keys(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TF1", "TF1 Séries Films"),
        ("France 2", "France 24"),
        ("Canal+", "Canal+ Séries"),
        ("RTL", "RTL tvi"),
        ("La Une", "La 1"),
        ("La 1", "RSI La 1"),
        ("Arte", "Arte Belgique"),
        ("STV", "STV+1"),
        ("Réunion 1ère", "Guadeloupe 1ère"),
    ],
)
def test_channels_that_are_not_the_same_stay_two(one: str, other: str) -> None:
    assert market("fr").slug(one) != market("fr").slug(other)


def test_an_unknown_channel_keeps_its_name() -> None:
    assert market("fr").name("Télé Bidule") == "Télé Bidule"
    assert market("fr").slug("Télé Bidule") == "tele-bidule"
    assert market("fr").keys("Télé Bidule") == {"telebidule"}


def test_a_renamed_channel_keeps_its_slug() -> None:
    assert market("fr").slug("RMC Life") == market("fr").slug("Chérie 25") == "cherie-25"
    for (code, name), first_name in RENAMED.items():
        assert market(code).name(first_name) == name


@pytest.mark.parametrize(
    ("code", "channel_id", "name"),
    [
        ("fr", "C192.api.telerama.fr", "TF1"),
        ("fr", "tf1.fr", "TF1"),
        ("fr", "France2.fr", "France 2"),
        ("fr", "TF1SeriesFilms.fr@HD", "TF1 Séries Films"),
        ("gb", "bbc1.uk", "BBC One"),
        ("gb", "BBCTwo.uk", "BBC Two"),
        ("gb", "film4.channel4.com", "Film4"),
        ("fr", "TeleBidule.fr", "Tele Bidule"),
        ("fr", "tele_bidule.fr", "tele bidule"),
        ("fr", "I10436.labs.example.com", "I10436"),
        ("fr", ".x", ".x"),
    ],
)
def test_a_channel_without_a_name_is_named_by_its_id(code: str, channel_id: str, name: str) -> None:
    assert market(code).name_of_id(channel_id) == name


def test_channels_of_one_name_in_two_markets_are_two() -> None:
    assert market("gb").slug("TLC") == "tlc-gb"
    assert market("us").slug("TLC") == "tlc-us"


def test_a_feed_of_a_region_is_a_channel_of_its_own() -> None:
    assert market("us").slug("NBC", feed="US-PT") == "nbc-us-pt"


@pytest.mark.parametrize("code", TABLES)
def test_no_key_leads_to_two_channels(code: str) -> None:
    said = [(channel_key(spelling), name) for name, others in TABLES[code].items() for spelling in (name, *others)]
    owners: dict[str, set[str]] = {}
    for key, name in said:
        assert key, f"{name} has a spelling without a letter"
        owners.setdefault(key, set()).add(name)

    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("code", TABLES)
def test_an_entry_says_nothing_that_goes_without_saying(code: str) -> None:
    for name, others in TABLES[code].items():
        keys = [channel_key(spelling) for spelling in (name, *others)]
        assert len(keys) == len(set(keys)), name


def test_every_market_of_a_region_has_a_table() -> None:
    assert {load_region(code).market for code in region_codes()} == set(TABLES)


def test_the_slugs_of_the_home_market_are_the_names() -> None:
    assert market("fr").slug("France 2") == slug("France 2") == "france-2"
