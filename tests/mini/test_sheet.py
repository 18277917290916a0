"""The contact sheet: names beside pictures, in a small file."""

import numpy as np
from PIL import Image

from fixtures.mini import sheet


def test_a_page_holds_its_panels(monkeypatch):
    monkeypatch.setattr(sheet, "CELL", 16)
    panel = sheet.factors(8, count=3, across=4)
    page = np.asarray(sheet.draw([[panel, panel], [panel]]))
    assert panel.rows == ("texture", "larger", "darker")
    assert page.shape[1] == 2 * (panel.width + 2 * sheet.MARGIN)
    first = page[sheet.MARGIN // 2 + sheet.TITLE :, sheet.MARGIN + sheet.LABEL :][:16, :16]
    assert (first == panel.pictures[0, 0]).all()


def test_the_sheet_in_the_documentation_is_small_enough_for_a_readme(pytestconfig):
    path = pytestconfig.rootpath / "docs" / "mini_world.png"
    assert path.stat().st_size < 600_000
    with Image.open(path) as page:
        assert page.width > 800
