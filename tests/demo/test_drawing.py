"""The map can be looked at."""

from defusedxml import ElementTree

from qiying.demo.drawing import draw_map
from qiying.demo.geography import build_geography


def test_the_map_is_an_svg_document_that_names_townships_and_estates() -> None:
    geography = build_geography(7)
    drawing = draw_map(geography)
    root = ElementTree.fromstring(drawing)
    assert root.tag.endswith("svg")
    words = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert {town.name_zh for town in geography.townships} <= words
    assert {estate.name_zh for estate in geography.neighbourhoods} <= words
    assert draw_map(geography) == drawing
