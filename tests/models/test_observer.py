"""Simulated observers: what they decide is known, and so is how alike they err."""

from pathlib import Path

import numpy as np
import pytest

from behaviors.agreement.kappa import error_consistency
from fixtures.core.errors import InputError
from fixtures.models.sources import observer
from fixtures.models.spec import Setting, make

IDS = [f"fish/fish{k}-mug{k % 7}.png" for k in range(4000)]


def made(target="shape", **options):
    return make("ann", f"observer:{target}", setting=Setting(("fish", "mug")), options=options, where="model 'ann'")


def decisions(**options):
    return observer.SOURCE.gives.read(made(**options), "cue_conflict", IDS).responses


def test_their_error_consistency_is_the_product_of_how_alike_they_are():
    one, other = (decisions(slips=0.2, alike=0.7, seed=seed) == "fish" for seed in (1, 2))
    assert one.mean() == pytest.approx(0.8, abs=0.03)
    assert error_consistency(one, other).value == pytest.approx(0.49, abs=0.05)


def test_they_decide_the_same_each_time_and_by_their_seed():
    assert np.array_equal(decisions(seed=1), decisions(seed=1))
    assert not np.array_equal(decisions(seed=1), decisions(seed=2))
    assert set(decisions(target="texture", slips=0)) == {"mug"}
    identify = observer.SOURCE.gives.identify
    assert identify(made(seed=1), Path()) != identify(made(seed=2), Path())


def test_what_they_cannot_look_at_is_said():
    with pytest.raises(InputError, match=r"looks at cue conflicts, named SHAPE1-TEXTURE2; val has an image 'val/0001'"):
        observer.SOURCE.gives.read(made(), "val", ["val/0001"])


@pytest.mark.parametrize("options", [{"slips": 2}, {"alike": "often"}, {"seed": 0.5}])
def test_settings_that_are_none(options):
    with pytest.raises(InputError, match="number"):
        made(**options)
