"""The page of proofs names tests that are there."""

import ast
import re

import pytest

from qiying.config.environment import REPOSITORY

PAGE = (REPOSITORY / "docs" / "guides" / "proofs.md").read_text(encoding="utf-8")
TO_COME = re.compile(r"to come with the slice: `[^`]+`")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TO_COME.sub("", PAGE))))


@pytest.mark.parametrize("name", NAMED)
def test_a_proof_that_is_named_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not function or function in found


def test_each_of_the_ten_promises_and_seven_shows_has_a_row() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert rows == [str(n) for n in (*range(1, 11), *range(1, 8))]


def test_each_of_the_ten_promises_has_a_picture_that_is_there() -> None:
    shown = re.findall(
        r"^(\d+)\. .*\]\((\.\./pictures/proof-\1-[\w-]+\.png)\)$", PAGE, re.MULTILINE
    )
    assert [number for number, _path in shown] == [str(n) for n in range(1, 11)]
    for _number, path in shown:
        assert (REPOSITORY / "docs" / "guides" / path).is_file()
