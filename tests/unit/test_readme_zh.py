"""The Chinese README says what the English one does: section by section the same commands, names, links and figures."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OTHER = {"README.md": "README.zh-CN.md", "README.zh-CN.md": "README.md"}


def _sections(name: str) -> list[str]:
    return re.split(r"^## .*\n", (ROOT / name).read_text(), flags=re.MULTILINE)


ENGLISH, CHINESE = _sections("README.md"), _sections("README.zh-CN.md")


def _blocks(section: str) -> list[str]:
    return re.findall(r"^```\w*\n.*?^```", section, re.MULTILINE | re.DOTALL)


def _prose(section: str) -> str:
    return re.sub(r"^```\w*\n.*?^```", "", section, flags=re.MULTILINE | re.DOTALL)


def _links(section: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)|<(https?:[^>]+)>", _prose(section))) - {(name, "") for name in OTHER}


def test_both_have_the_same_sections_and_lead_to_each_other() -> None:
    assert len(ENGLISH) == len(CHINESE) > 5
    for name, other in OTHER.items():
        assert f"]({other})" in _sections(name)[0]


@pytest.mark.parametrize("place", range(len(ENGLISH)))
def test_a_section_has_the_same_commands_names_links_and_figures(place: int) -> None:
    english, chinese = ENGLISH[place], CHINESE[place]
    assert _blocks(chinese) == _blocks(english)
    assert _links(chinese) == _links(english)
    for pattern in (r"`[^`\n]+`", r"\b\d+(?= [GM]B)"):
        assert sorted({*re.findall(pattern, _prose(chinese))}) == sorted({*re.findall(pattern, _prose(english))})
    assert len(re.findall(r"^\|", chinese, re.MULTILINE)) == len(re.findall(r"^\|", english, re.MULTILINE))
