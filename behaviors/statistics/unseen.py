"""Bounds and tests for a mean of skewed values that allow for values which happened not to be drawn.

Student's t takes a long tail for chance: where a few large losses make up for many small gains, samples without the
losses come out too good, and too sure of themselves.  Two things mend it:

    Hall's transformation of t   takes the skewness into account that the sample shows;
    unseen values                the sample may lack what is rare.  It is judged as if it held some values more, as far
                                 from 0 as its farthest one, on the side that speaks against what is claimed: one at an
                                 error of 0.05, and (log alpha / log 0.05)^1.25 at others, since a value that stands for
                                 a share q of all is missing from N with probability exp(-N q).  At errors below 0.05
                                 differences are taken to reach (log alpha / log 0.05)^(1/3) times as far as the
                                 farthest, which is itself too near.  Both exponents are chosen by simulation.

Source of the transformation: Hall 1992, JRSS-B 54:221.  ``python -m benchmarks.skewed`` measures how often they err.
No sample shows how bad what it does not hold could be: an event rarer than about 10 / N that outweighs all others, of
which none is there and nothing else as large, is not allowed for.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # scipy.stats would double the time to import

from behaviors.statistics.intervals import unskewed

ONE_UNSEEN = math.log(0.05)
"""Of the error at which one value is added."""
STEEPNESS = 1.25
"""Of their number: with 1, the error at 0.05 / 350 is twice too large for lognormal(1.5) differences."""
FARTHER = 1 / 3
"""Of how much farther than the farthest one an unseen difference may be: with 0, the error at 0.05 / 350 is 2.5 times
too large on 200 log-losses of a model that is right in .94."""
MANY = 100
"""Values; one that is unseen among fewer would be a claim about more of them than is likely."""
FEW = 10
"""Where fewer values than this differ from 0, as where hardly an image changed, there is no spread to judge by."""
LEAST_LOG = -700.0
"""Of p-values: less is not told from 0."""
STEPS = 36
"""Halvings of a logarithm of at most 700: exact to 1e-8."""


@dataclass(frozen=True)
class Sample:
    """What is known of N values: their number, mean, and sums of (value - mean)^2 and ^3.

    ``lowest``, ``highest``: what an unseen one could be; ``unseen``: how many are allowed for at an error of 0.05.
    ``farther``: the exponent with which these two grow where less error is allowed; 0 where they are all that can be.
    """

    count: int
    mean: float
    squares: float
    cubes: float
    lowest: float
    highest: float
    unseen: float = 1.0
    farther: float = 0.0

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "Sample":
        """(N,) finite, N >= 2, of which nothing is known but that they may be 0, as differences are.

        An unseen one is as far from 0 as the farthest; of few values that spread, a part of one is allowed for.
        """
        farthest, spread = float(np.abs(values).max()), np.count_nonzero(values) >= FEW
        unseen = min(1.0, values.size / MANY) if spread else 1.0
        return replace(cls.within(values, -farthest, farthest, unseen), farther=FARTHER)

    @classmethod
    def within(cls, values: NDArray[np.float64], lowest: float, highest: float, unseen: float = 1.0) -> "Sample":
        """(N,) finite, N >= 2, and an unseen one at ``lowest`` or ``highest``."""
        mean = float(values.mean())
        centred = values - mean
        squared = centred * centred
        return cls(values.size, mean, float(squared.sum()), float((squared * centred).sum()), lowest, highest, unseen)

    @property
    def turned(self) -> "Sample":
        """The same values with the other sign."""
        return replace(self, mean=-self.mean, cubes=-self.cubes, lowest=-self.highest, highest=-self.lowest)

    def low(self, alpha: float) -> float:
        """A bound that the true mean is below with an error of at most about alpha."""
        mean, error, slant, degrees = self._with_unseen(math.log(alpha))
        return mean - error * unskewed(float(stdtrit(degrees, 1 - alpha)), slant)

    def above(self, margin: float) -> float:
        """The p-value of a true mean above ``margin``: the alpha at which ``low`` would be there."""
        shortest, longest = LEAST_LOG, 0.0
        for _ in range(STEPS):
            middle = (shortest + longest) / 2
            rejected = self._p(margin, middle) <= math.exp(middle)
            shortest, longest = (shortest, middle) if rejected else (middle, longest)
        return math.exp(longest)

    def _p(self, margin: float, log_alpha: float) -> float:
        """Of the values with as many unseen ones as that error asks for."""
        mean, error, slant, degrees = self._with_unseen(log_alpha)
        if error <= 0:
            return float(mean <= margin)
        ratio = (mean - margin) / error
        shifted = ratio + slant * ratio**2 / 3 + slant**2 * ratio**3 / 27 + slant / 6
        return float(stdtr(degrees, -shifted))

    def _with_unseen(self, log_alpha: float) -> tuple[float, float, float, float]:
        """Mean, standard error, skewness / sqrt(count) and degrees of freedom with unseen values at the lowest."""
        less = log_alpha / ONE_UNSEEN
        unseen, lowest = self.unseen * less**STEEPNESS, self.lowest * max(1.0, less) ** self.farther
        count = self.count + unseen
        shift = (lowest - self.mean) * unseen / count  # of the mean
        apart = lowest - self.mean - shift
        squares = self.squares + self.count * shift**2 + unseen * apart**2
        cubes = self.cubes - 3 * shift * self.squares - self.count * shift**3 + unseen * apart**3
        slant = cubes / squares**1.5 if squares > 0 else 0.0
        return self.mean + shift, math.sqrt(squares / count / (count - 1)), slant, count - 1
