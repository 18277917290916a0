"""``--figures``: every figure as a named SVG and PNG, with a table of whose it is; an earlier run's does not stay."""

import csv

from tests.runs import toy

FIGURE = "    gate.check('whole', Measurement(predictions.confidence.max(), len(predictions)), figure)\n"
DRAWN = (
    toy.ROOM.replace('    gate.check("whole", Measurement(predictions.confidence.max(), len(predictions)))\n', FIGURE)
    + "\ndef figure():\n    from matplotlib.figure import Figure\n    return Figure()\n"
)


def test_figures_are_files_with_names(tmp_path, make_house):
    house = make_house(tmp_path)
    suite = toy.furnish(house, room=DRAWN)
    folder = house.path / "shown"
    folder.mkdir()
    for name in ("toy.old__one__val.svg", "notes__mine.txt", "logo.png"):
        (folder / name).write_text("")
    ran = toy.ran(house, suite, "--figures=shown", "--summary=s.md")
    assert ran.code == 0, ran.output
    names = {path.name for path in folder.iterdir()}
    assert {"toy.whole__one__val.svg", "toy.whole__one__val.png", "index.csv"} <= names
    assert "models__toy__fraction.svg" in names, names
    assert {"notes__mine.txt", "logo.png"} <= names  # nobody's but ours
    assert "toy.old__one__val.svg" not in names
    assert (folder / "toy.whole__one__val.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "toy.whole__one__val.svg").read_text().lstrip().startswith("<?xml")
    (row,) = csv.DictReader((folder / "index.csv").open())
    assert (row["figure"], row["metric"], row["model"]) == ("toy.whole__one__val", "toy.whole", "one")
    assert "figures: shown" in (house.path / "s.md").read_text()
