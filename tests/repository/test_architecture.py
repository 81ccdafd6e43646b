"""The picture of the code is made from the code."""

from tools import architecture


def test_the_picture_is_that_of_the_code():
    assert architecture.FILE.read_text(encoding="utf-8") == architecture.picture(), "run `make architecture`"


def test_every_arrow_points_down():
    for package in architecture.PACKAGES:
        order = list(architecture.rooms(package))
        assert len(order) == 8
        assert [(start, end) for start, end in architecture.arrows(package) if order.index(start) > order.index(end)] == []
