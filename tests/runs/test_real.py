"""A real network with the wrong padding for its weights: less accurate, and no less calibrated."""

import pytest

from tests.conftest import REAL

SUITE = """
suite: photos
classes: imagenet-1k
models:
  mobilenet:
    source: timm:mobilenetv2_100
    checkpoint: {real}/weights/mobilenetv2_100.pth
    options: {{arguments: {{{arguments}}}}}
    preprocessing: {{resize: 256, interpolation: bilinear}}
datasets:
  photos: {{role: val, format: csv, path: {real}/photos, labels: {real}/photos/labels.csv, images: 250}}
"""


@pytest.mark.usefixtures("real")
def test_the_wrong_padding_is_named_and_fails_a_gate_on_calibration(house):
    house.thresholds("photos: {}")
    run = ("-k", "test_ece", "--suite=photos.yaml", "--store=store", "--max-images=100")
    for arguments, more in (("", "--save-run=runs/a"), ("pad_type: same", "--baseline=runs/a")):
        (house.path / "photos.yaml").write_text(SUITE.format(real=REAL, arguments=arguments))
        done = house.pytest(*run, more)
    assert done.code == 1, done.output
    assert "mobilenet differs from runs/a: same weights, built with pad_type='same' (before: not given)" in done.output
    assert "REGRESSION  baseline.accuracy: mobilenet on val: " in done.output
    assert "REGRESSION  calibration.ece" not in done.output
