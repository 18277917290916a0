"""Views: one canonical text each, and clear complaints."""

import subprocess
import sys

import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.corruptions.names import CORRUPTIONS
from fixtures.views import AS_IS, IDENTITY, Framing, parse
from fixtures.views.registry import KNOWN, Parameter, framing_step, pixel_step


@pytest.fixture
def own_steps(monkeypatch):
    """Two more steps: a framing one with parameters of both kinds, and a pixel one."""
    for name in ("roll", "invert", "halve"):
        monkeypatch.setitem(KNOWN, name, None)
    framing_step("roll", lambda x, gain: {"x": x, "zoom": gain}, x=Parameter(int, 0, -9, 9), gain=Parameter(float, 1.0))
    pixel_step("invert", f"{__name__}:invert", fixed={"most": 255}, share=Parameter(float, low=0, high=1))
    pixel_step("halve", f"{__name__}:halve")


def invert(batch, ids, *, most, share):
    return (batch.float() * (1 - share) + (most - batch.float()) * share).to(torch.uint8)


def halve(batch, ids):
    return batch[:1]


@pytest.mark.parametrize("text", ["identity", " identity() ", "zoom(scale=1)", "move()", "move(y=0)+identity",
                                  "resolution(size=224)", "shift(along=-0)", "brighten(factor=1.0)"])  # fmt: skip
def test_what_changes_nothing_is_identity(text):
    assert parse(text) == IDENTITY
    assert str(parse(text)) == "identity"
    assert parse(text).framing == AS_IS
    assert not parse(text).changes_pixels


@pytest.mark.parametrize(
    "text", ["roll(x=1,gain=1)", "roll(x=1)", " roll ( gain=1.0, x = 1 ) ", "roll(x=+1)", "identity+roll(x=1)"]
)
@pytest.mark.usefixtures("own_steps")
def test_one_view_has_one_text(text):
    assert parse(text).text == "roll(x=1,gain=1)"
    assert parse(parse(text).text) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "zoom(scale=1.08)+move(x=0.02,y=0)+flip",
        "flip()+move(x=+0.02)+zoom(scale=1.080)",
        " move(y=0,x=2e-2) + flip + identity + zoom(scale=1.08) + brighten(factor=1)",
    ],
)
def test_the_order_of_writing_does_not_matter(text):
    assert parse(text).text == "zoom(scale=1.08)+move(x=0.02,y=0)+flip"
    assert parse(text).framing == Framing(zoom=1.08, x=0.02, flip=True)


def test_each_framing_step_sets_its_part():
    view = parse("resolution(size=336)+zoom(scale=2)+shift(along=30)+move(x=-0.5,y=0.25)+flip")
    assert view.framing == Framing(zoom=2, along=30, resolution=1.5, x=-0.5, y=0.25, flip=True)
    assert parse(view.text) == view


@pytest.mark.usefixtures("own_steps")
def test_pixel_steps_get_the_batch_and_their_parameters():
    batch = torch.arange(12, dtype=torch.uint8).reshape(1, 3, 2, 2)
    assert torch.equal(parse("invert(share=1)").pixels(batch, ["a"]), 255 - batch)
    assert parse("flip").pixels(batch, ["a"]) is batch
    assert parse("flip+invert(share=0.5)").changes_pixels
    assert not parse("flip").changes_pixels


@pytest.mark.usefixtures("own_steps")
def test_a_pixel_step_that_loses_images_is_found_out():
    with pytest.raises(TypeError, match=r"halve made \(1, 3, 2, 2\) torch.uint8 of \(2, 3, 2, 2\)"):
        parse("halve").pixels(torch.zeros(2, 3, 2, 2, dtype=torch.uint8), ["a", "b"])


def test_brighten_multiplies_rounds_and_clips():
    batch = torch.tensor([0, 1, 99, 100, 101, 231, 232, 255], dtype=torch.uint8).reshape(1, 1, 2, 4).expand(2, 3, 2, 4)
    expected = torch.tensor([0, 1, 109, 110, 111, 254, 255, 255], dtype=torch.uint8).reshape(1, 1, 2, 4)
    found = parse("brighten(factor=1.1)").pixels(batch, ["a", "b"])
    assert torch.equal(found, expected.expand(2, 3, 2, 4))
    assert int(batch[0, 0, 0, 2]) == 99


def test_all_corruptions_are_steps_of_five_severities():
    assert len(CORRUPTIONS) == 15
    for name in CORRUPTIONS:
        assert parse(f"{name}(severity=5)").text == f"{name}(severity=5)"
        assert KNOWN[name].fixed == {"name": name}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("spin", "view 'spin': 'spin' is not known; there are: identity, resolution, zoom, shift, move, flip, brigh"),
        ("", "'' is not known"),
        ("zoom(scale=2)+", "'' is not known"),
        ("move(z=1)", r"'z' is not one of the parameters of move \(x, y\)"),
        ("identity(x=1)", r"'x' is not one of the parameters of identity \(none\)"),
        ("move(x=0.1,x=0.2)", "or stands twice"),
        ("flip+flip", "flip stands twice"),
        ("zoom(scale=1)+zoom(scale=2)", "zoom stands twice"),
        ("zoom", r"zoom needs a value: write zoom\(scale=...\)"),
        ("resolution(size=1.5)", "size: '1.5' is no whole number"),
        ("zoom(scale=big)", "scale: 'big' is no number"),
        ("zoom(scale=nan)", "scale: 'nan' is no finite number"),
        ("zoom(scale=0)", r"scale: 0 is not in \[0.1, 10\]"),
        ("gaussian_noise(severity=6)", r"severity: 6 is not in \[1, 5\]"),
        ("move(x=1", "is not known"),
    ],
)
def test_what_is_no_view(text, why):
    with pytest.raises(InputError, match=why):
        parse(text)


def test_parsing_imports_no_torch():
    code = (
        "import sys; from fixtures.views import parse; view = parse('zoom(scale=2)+gaussian_noise(severity=3)');"
        "view.framing; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
