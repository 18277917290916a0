"""Views: one canonical text each, and clear complaints."""

import numpy as np
import pytest
from PIL import Image, ImageChops

from fixtures import views
from fixtures.errors import InputError
from fixtures.views import parse


@pytest.fixture
def roll(monkeypatch):
    """A registered view with parameters of both kinds."""
    monkeypatch.setattr(views, "_KNOWN", dict(views._KNOWN))

    @views.view
    def roll(image, *, x: int = 0, y: int = 0, gain: float = 1.0):
        return ImageChops.offset(image, x, y).point(lambda value: value * gain)

    return roll


def picture() -> Image.Image:
    return Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))


def test_identity_changes_nothing():
    image = picture()
    assert parse("identity").apply(image) is image
    assert str(parse(" identity() ")) == "identity"


@pytest.mark.parametrize("text", ["roll(x=1,y=0,gain=1)", "roll(x=1)", " roll ( gain=1.0, x = 1 ) ", "roll(y=-0,x=+1)"])
def test_one_view_has_one_text(roll, text):
    assert parse(text).text == "roll(x=1,y=0,gain=1)"
    assert parse(parse(text).text) == parse(text)
    expected = np.roll(np.array(picture()), 1, axis=1)
    assert (np.array(parse(text).apply(picture())) == expected).all()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("zoom", "view 'zoom' is not known; there are: identity, roll"),
        ("roll(z=1)", r"'z' is not one of its parameters \(x, y, gain\)"),
        ("identity(x=1)", r"'x' is not one of its parameters \(none\)"),
        ("roll(x=1,x=2)", "'x' is not one of"),
        ("roll(x=1.5)", "x: '1.5' is no whole number"),
        ("roll(gain=big)", "gain: 'big' is no number"),
        ("roll(gain=nan)", "gain: 'nan' is no finite number"),
        ("roll(x=1", "is not known"),
    ],
)
def test_what_is_no_view(roll, text, why):
    with pytest.raises(InputError, match=why):
        parse(text)
