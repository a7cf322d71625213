"""Rows of a batch, from JSON, NDJSON and CSV as people and spreadsheets write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.flow.batch.csv_rows import from_csv
from app.flow.batch.names import Names
from app.flow.batch.read_tasks import read_batch
from app.flow.batch.row import Row, Unreadable
from app.flow.templates.variable import variables_of

VARIABLES: dict[str, dict[str, Any]] = {
    "headline": {"layer": 1, "property": "text"},
    "product": {"layer": 2, "property": "image"},
    "accent": {"layer": 3, "property": "color"},
    "glow": {"layer": 4, "property": "opacity"},
    "on.sale": {"layer": [4, 5], "property": "visible"},
}
MOST = 1000


def csv_rows(body: bytes | str, **options: Any) -> list[Row]:
    data = body.encode() if isinstance(body, str) else body
    return list(from_csv(data, options.pop("most", MOST), variables_of(options.pop("variables", VARIABLES)), **options))


def values(body: bytes | str, **options: Any) -> list[dict[str, Any]]:
    rows = csv_rows(body, **options)
    assert [row.detail for row in rows] == [None] * len(rows)
    return [dict(row.values) for row in rows]


TWO = [{"headline": "Jacke", "accent": "#f00"}, {"headline": "Hose", "accent": "blue"}]


@pytest.mark.parametrize(
    "body",
    [
        "headline,accent\nJacke,#f00\nHose,blue\n",
        "headline,accent\r\nJacke,#f00\r\nHose,blue",
        "headline,accent\rJacke,#f00\rHose,blue\r",
        "\ufeffheadline;accent\r\nJacke;#f00\r\nHose;blue\r\n",
        "headline\taccent\nJacke\t#f00\nHose\tblue\n",
        "headline|accent\nJacke|#f00\nHose|blue\n",
        "sep=;\r\nheadline;accent\r\nJacke;#f00\r\nHose;blue\r\n",
        '"headline","accent"\n"Jacke","#f00"\n"Hose","blue"\n',
        " headline , accent \nJacke,#f00\n\n,\nHose,blue\n\n\n",
        "headline,accent,,\nJacke,#f00,,\nHose,blue,,\n",
        "headline,accent,product\nJacke,#f00,\nHose,blue, \n",
    ],
)
def test_spreadsheets_of_all_kinds_give_the_same_rows(body: str) -> None:
    assert values(body) == TWO


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_mark_in_the_file_tells_its_encoding(encoding: str) -> None:
    assert values("headline\tproduct.image_url\nGrün 你好\thttps://a.b/ü.png\n".encode(encoding)) == [
        {"headline": "Grün 你好", "product.image_url": "https://a.b/ü.png"}
    ]


def test_charset_of_the_request_is_that_of_a_file_without_a_mark() -> None:
    assert values("headline\nGrün\n".encode("cp1252"), charset="windows-1252") == [{"headline": "Grün"}]


def test_quoted_cells_hold_separators_quotes_and_line_breaks() -> None:
    body = 'headline,accent\n"One, ""two""\nthree; four",red\n"a;b;c;d;e;f",blue\n'
    assert [row["headline"] for row in values(body)] == ['One, "two"\nthree; four', "a;b;c;d;e;f"]


def test_separator_in_a_quoted_header_does_not_count() -> None:
    found = values('"a,b,c";headline\n1;2\n', variables={"a,b,c": VARIABLES["headline"], **VARIABLES})
    assert found == [{"a,b,c": "1", "headline": "2"}]


def test_cells_are_read_as_their_variables_need_and_dots_in_a_variable_stay() -> None:
    rows = csv_rows("glow.opacity,on.sale,accent.color,product.asset,name\n0.5,yes,#fff,,first\nhalf,maybe,1,,\n")
    assert rows[0].values == {"glow.opacity": 0.5, "on.sale": True, "accent.color": "#fff"}
    assert rows[0].name == "first"
    assert rows[1].values == {"glow.opacity": "half", "on.sale": "maybe", "accent.color": "1"}  # to be refused later


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "first line must name the columns"),
        (",,\na,b,c\n", "first line must name the columns"),
        ("hedline,accent\na,b\n", "'hedline' is no variable of the template; columns may be headline, product"),
        ("headline,headline\na,b\n", "twice"),
        ("headline,headline.text\na,b\n", "twice"),
        ("headline.text,headline\na,b\n", "twice"),
        ("product.image_url,product.asset\na,b\n", "twice"),
        ("headline.color\nred\n", "the variable 'headline' is of 'text'"),
        ("accent.image_url\nred\n", "the variable 'accent' is of 'color'"),
        ('headline\n"never closed\nand on\n', "not valid CSV at line 3"),
        ('headline\n"a"b\n', "not valid CSV at line 2"),
        (b"headline\nGr\xfcn\n", "not UTF-8 at line 2"),
        ("headline\na\nb\n", "more than 1 rows"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(body: bytes | str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        csv_rows(body, most=1)


def test_unknown_charset_is_named() -> None:
    with pytest.raises(Unreadable, match="klingon"):
        csv_rows("headline\na", charset="klingon")


@pytest.mark.parametrize("charset", ["undefined", "punycode"])
def test_charset_that_is_none_of_texts_is_refused(charset: str) -> None:
    with pytest.raises(Unreadable, match=f"not {charset.upper()}"):
        csv_rows("headline,accent\na,red\n", charset=charset)


def test_rows_that_do_not_fit_the_header_are_bad_and_the_others_good() -> None:
    rows = csv_rows('headline,accent,\na\nb,red,\n"c\nc",red,,x\nd,red,stray\ne\x00,red,\n')
    assert [row.detail for row in rows] == [
        "It has 1 cells where the header has 3 (up to line 2 of the file)",
        None,
        "It has 4 cells where the header has 3 (up to line 5 of the file)",
        "The cell 'stray' stands in a column without a name (line 6 of the file)",
        "This is not a text or number that can be kept",
    ]
    assert rows[-1].pointer == "/headline"


def read(folder: Path, kind: str, body: bytes, most: int = MOST) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    (folder / "body").write_bytes(body)
    found = read_batch(str(folder / "body"), kind, str(folder / "rows"), most, VARIABLES, None)  # type: ignore[arg-type]
    lines = (folder / "rows").read_text().splitlines() if (folder / "rows").exists() else []
    return found, [json.loads(line) for line in lines]


def test_json_rows_and_the_other_fields(tmp_path: Path) -> None:
    body = {"rows": [{"headline": "A", "name": "a.png"}, 7, {"x": [1, {"y~/": "\x00"}]}], "version": 2}
    found, rows = read(tmp_path, "json", json.dumps(body).encode())
    assert found == {"total": 3, "failed": 2, "fields": {"version": 2}}
    assert rows == [
        {"n": 1, "name": "a", "values": {"headline": "A"}},
        {"n": 2, "name": "00002", "pointer": "", "detail": "It must be an object: variables and their values"},
        {"n": 3, "name": "00003", "pointer": "/x/1/y~0~1", "detail": "This is not a text or number that can be kept"},
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"[]", ""),
        (b"{", ""),
        (b"{}", "/rows"),
        (b'{"rows": {}}', "/rows"),
        (b'{"rows": []}', "/rows"),
        (b'{"rows": [1, 2, 3]}', "/rows"),
        (b'{"rows": [1, {"a": NaN}]}', "/rows/0"),
        (b'{"rows": [{"name": 7}]}', "/rows/0/name"),
    ],
)
def test_json_of_which_nothing_can_be_used_says_where(tmp_path: Path, body: bytes, pointer: str) -> None:
    found, _ = read(tmp_path, "json", body, most=2)
    assert found["errors"][0]["pointer"] == pointer


def test_ndjson_lines_that_are_no_json_are_bad_rows(tmp_path: Path) -> None:
    deep = b"[" * 500 + b"]" * 500
    body = b'\xef\xbb\xbf{"headline": "A"}\r\n\n{"headline": \n{"a": ' + deep + b'}\n{"headline": "\\ud800"}\n[1]\n'
    found, rows = read(tmp_path, "ndjson", body)
    assert (found["total"], found["failed"]) == (5, 4)
    assert rows[1]["detail"] == "It is not valid JSON at column 13 (line 3 of the file)"
    assert rows[2]["detail"] == "It is nested too deeply (line 4 of the file)"
    assert rows[3]["pointer"] == "/headline"


def test_no_two_files_of_a_batch_have_one_name() -> None:
    names, asked = Names(), ["Summer.png", "summer", None, "SUMMER-2", "summer", "00003", "../../etc/passwd", "con.txt"]
    found = [names.of(n, one) for n, one in enumerate(asked, 1)]
    assert found == ["Summer", "summer-2", "00003", "SUMMER-2-2", "summer-3", "00003-2", "etc-passwd", "_con.txt"]
    assert len(names.of(9, "日本" * 100).encode()) <= 100
    assert names.of(10, " ./ ") == "00010"
