"""The map: sound data, a sentence for each picture, and nothing that rests on colour alone."""

import io
from functools import cache
from itertools import combinations

import pytest
from PIL import Image

from autoimmune.data import facts
from autoimmune.showing.atlas import BOOK, EDGES, KINDS, NODES, REGIONS, atlas
from autoimmune.showing.figures import ROLES

NAMES = [node.name for node in NODES]

LESSONS = sorted({lesson for node in NODES for lesson in node.lessons.split()})


@cache
def picture(*highlight):
    """The drawn map."""
    found = atlas(highlight).figure()
    found.draw_without_rendering()
    return found


@cache
def saved():
    """The whole map as it is saved."""
    return Image.open(io.BytesIO(atlas().still)).convert("RGB")


def boxes(axes):
    """Each piece of text on the map with its frame, in pixels: [(words, x0, y0, x1, y1)]."""
    return [(text.get_text().replace("\n", " "), *(text.get_bbox_patch() or text).get_window_extent().extents)
            for text in axes.texts if text.get_text()]


def overlap(one, other):
    return min(one[3], other[3]) - max(one[1], other[1]) > 1 and min(one[4], other[4]) - max(one[2], other[2]) > 1


def test_arrows_join_what_is_on_the_map():
    assert len(set(NAMES)) == len(NAMES)
    assert {region.name for region in REGIONS} - {"tissue"} < set(NAMES)
    for edge in EDGES:
        assert {edge.start, edge.end} <= set(NAMES) and edge.kind in KINDS, edge
        assert {edge.start, edge.end} <= {name for name in NAMES if name in edge.says or name[:-1] in edge.says}, edge.says


def test_each_arrow_was_read_somewhere():
    read = {doi.strip() for name in facts.tables() for dois in facts.load(name)["doi"].dropna() for doi in str(dois).split("|")}
    books = {row["source"].split(" (")[0] for _, row in facts.load("findings").iterrows() if row["source"].startswith("OpenStax")}
    assert {edge.source for edge in EDGES} - read <= {BOOK} and "OpenStax, Microbiology" in books
    assert all(edge.link.startswith("https://") for edge in EDGES)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_lights_a_part(lesson):
    lit = atlas(lesson).lit
    assert 2 < len(lit) < len(NODES)
    assert atlas(lesson).edges


def test_the_whole_map_shows_every_arrow():
    assert atlas().lit == tuple(NAMES)
    assert atlas().edges == EDGES and len(atlas().messages()) == len(EDGES)
    assert "Pale" not in atlas().sentence


def test_an_arrow_is_lit_when_both_its_ends_are():
    assert [edge.label for edge in atlas(["antibodies", "germs"]).edges] == ["bind"]
    assert atlas("antibodies").edges == ()


@pytest.mark.parametrize("highlight", [("01",), ("02",), ("07",), ("germs", "tissue cells", "macrophages"), ()])
def test_the_sentence_tells_what_the_picture_shows(highlight):
    view = atlas(highlight)
    told, pale = view.sentence.split("Pale: ")
    assert all(name in told.split("Lit: ")[-1].split(".")[0] for name in view.lit)
    assert all(name in pale for name in NAMES if name not in view.lit)
    assert all(edge.says[1:] in told for edge in view.edges)
    drawn = {words for words, *_ in boxes(picture(*highlight).axes[0])}
    assert {edge.label.replace("\n", " ") for edge in view.edges} <= drawn


def test_lit_and_pale_differ_without_colour():
    frames = {text.get_text().replace("\n", " "): text.get_bbox_patch() for text in picture("02").axes[0].texts}
    lit, pale = frames["killer T cells"], frames["plasma cells"]
    assert lit.get_linewidth() > 2 * pale.get_linewidth()
    assert lit.get_linestyle() == "solid" != pale.get_linestyle()


@pytest.mark.parametrize("highlight", [LESSONS, ("01",), ("02",), ("07",)])
def test_no_words_cover_each_other(highlight):
    words = boxes(picture(*highlight).axes[0])
    found = [(one[0], other[0]) for one, other in combinations(words, 2) if overlap(one, other)]
    assert found == []


@pytest.mark.parametrize("colour", ["#FFFFFF", *sorted({ROLES[node.role].light for node in NODES})])
def test_saving_keeps_the_colour_of_the_paper_and_of_each_role(colour):
    wanted = bytes.fromhex(colour[1:])
    seen = [colour for _, colour in saved().getcolors(10**6)]
    assert min(max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) for colour in seen) <= 3


def test_the_picture_is_shown_with_its_sentence_and_small():
    data, metadata = atlas("03")._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(atlas("03")) == atlas("03").sentence
    assert len(data["image/png"]) < 80_000


def test_a_strange_name_is_refused_with_a_hint():
    with pytest.raises(ValueError, match="'helper T cell' is not on the map. Did you mean 'helper T cells'"):
        atlas("helper T cell")
    with pytest.raises(ValueError, match="a lesson from 01 to 08"):
        atlas(["01", "09"])
