"""Hypothesis looks for the smallest transformation that breaks a model; the same draws for every model and worker.

What the search asks for is remembered and counted: no transformation is evaluated twice, and when the budget is spent
the search ends.  Transformations that were found before are evaluated first and beyond the budget, so the draws are
the same with and without them.  A search that finds nothing proves nothing: it states no probability.

The seed fixes the draws for one version of Hypothesis (``derandomize`` would mix the test's name into them).  The
strategy holds small whole numbers only, which Hypothesis does not mix with constants that it reads from whatever
modules are loaded (it does so from 100 on).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from behaviors.invariance import ranges as ranges_module
from behaviors.invariance import transformation as transformation_module
from behaviors.invariance.ranges import Ranges
from behaviors.invariance.transformation import Transformation, read

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

Evaluate = Callable[[Transformation], float]
"""The share of images in [0, 1] whose prediction the transformation does not change."""


@dataclass(frozen=True)
class Course:
    """What a search asked about, in this order, and what it was told: (transformation, consistency in [0, 1]).

    The draws are fixed, so a search with the same settings that is told the same asks the same: where all answers are
    what they were, the end is known, and Hypothesis need not be asked.  ``spent``: as in ``SearchResult``.
    """

    asked: tuple[tuple[Transformation, float], ...]
    spent: bool

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"asked": [[one.view, consistency] for one, consistency in self.asked], "spent": self.spent}


def course_of(plain: Mapping[str, Any] | None) -> Course | None:
    """The course that ``Course.plain`` wrote; None where there is none, or it is no course on today's grid."""
    if plain is None:
        return None
    asked = [(read(view), float(consistency)) for view, consistency in plain["asked"]]
    known = [(one, consistency) for one, consistency in asked if one is not None]
    return Course(tuple(known), bool(plain["spent"])) if len(known) == len(asked) else None


@dataclass(frozen=True)
class SearchResult:
    """All that was evaluated, in this order, with the consistency in [0, 1]; the images as they are take no part.

    ``evaluated``: what was found before comes first.  ``replayed``: how many those are.
    ``course``: the way there; its ``spent`` says whether the search ended because it would have needed more.
    """

    evaluated: Mapping[Transformation, float]
    threshold: float | None
    replayed: int
    budget: int
    course: Course

    @property
    def forwards(self) -> int:
        """How many were evaluated for the draws, at most ``budget``."""
        return len(self.course.asked)

    @property
    def spent(self) -> bool:
        """Whether the budget ended the search."""
        return self.course.spent

    def breaks(self, transformation: Transformation) -> bool:
        """Whether the consistency under an evaluated transformation is below the threshold."""
        return self.threshold is not None and self.evaluated[transformation] < self.threshold

    @property
    def smallest(self) -> Transformation | None:
        """The smallest transformation that breaks the model, of those evaluated; None where none does."""
        broken = filter(self.breaks, self.evaluated)
        return min(broken, key=lambda transformation: transformation.size, default=None)

    @property
    def worst(self) -> Transformation:
        """The transformation that changes most predictions; of several, the smallest."""
        return min(self.evaluated, key=lambda transformation: (self.evaluated[transformation], transformation.size))

    @property
    def settled(self) -> bool:
        """Whether no transformation one step nearer than the smallest breaks the model: all of them were evaluated."""
        nearer = [] if self.smallest is None else self.smallest.nearer()
        return all(step in self.evaluated and not self.breaks(step) for step in nearer if step.kinds)


def strategy(ranges: Ranges) -> "SearchStrategy[Transformation]":
    """Transformations inside the ranges; every part of one shrinks to nothing."""
    from hypothesis import strategies as st

    return st.builds(Transformation, **{name: st.integers(*bounds) for name, bounds in ranges.steps.items()})


def search(  # noqa: PLR0913  (what to look for, where, and for how long)
    evaluate: Evaluate,
    ranges: Ranges,
    *,
    threshold: float | None,
    budget: int,
    examples: int,
    seed: int,
    known: Iterable[Transformation] = (),
    course: Course | None = None,
) -> SearchResult:
    """Draw ``examples`` transformations until one has a consistency below ``threshold``, and make that one smaller.

    ``threshold``: in [0, 1]; None: nothing breaks, and the worst is looked for.  ``known``: evaluated first.
    ``course``: of a search with the same ``settings_of``; where it is told the same again, nothing is drawn.

    Raises:
        ValueError: budget or examples below 1, or a consistency that is none.
        Exception: whatever ``evaluate`` raises, as it is.
    """
    if budget < 1 or examples < 1:
        raise ValueError(f"a search needs a budget and examples of at least 1; got {budget} and {examples}")
    known = list(known)
    trail = _Trail(evaluate, budget)
    replayed = trail.replay(known)
    if course is None or not trail.follow(course):
        trail = _Trail(evaluate, budget)
        trail.replay(known)
        spent = _run(trail, ranges, threshold=threshold, examples=examples, seed=seed)
        course = Course(tuple((one, trail.found[one]) for one in trail.asked), spent)
    return SearchResult(trail.found, threshold, replayed, budget, course)


def settings_of(ranges: Ranges, *, threshold: float | None, budget: int, examples: int, seed: int) -> dict[str, Any]:
    """All that decides what a search asks next but the answers; plain data."""
    modules = (__file__, ranges_module.__file__, transformation_module.__file__)
    return {
        "ranges": ranges.steps,
        "threshold": threshold,
        "budget": budget,
        "examples": examples,
        "seed": seed,
        "hypothesis": version("hypothesis"),
        "code": sha256(b"".join(Path(module).read_bytes() for module in modules)).hexdigest(),
    }


class _Broken(AssertionError):
    """What Hypothesis is to make smaller."""


class _End(BaseException):
    """Leaves Hypothesis at once: it handles exceptions, and this is none.  ``cause``: None if the budget is spent."""

    def __init__(self, cause: BaseException | None = None) -> None:
        self.cause = cause


class _Trail:
    """Asks about each transformation once.  ``found``: all there is.  ``asked``: what the budget has paid for."""

    def __init__(self, evaluate: Evaluate, budget: int) -> None:
        self.found: dict[Transformation, float] = {}
        self.asked: dict[Transformation, None] = {}
        self._evaluate, self._budget = evaluate, budget

    def replay(self, known: Iterable[Transformation]) -> int:
        for transformation in known:
            if transformation.kinds and transformation not in self.found:
                self.found[transformation] = self._checked(transformation)
        return len(self.found)

    def follow(self, course: Course) -> bool:
        """Whether everything that ``course`` asked about is answered as it was; the first other answer ends it."""
        if len(course.asked) > self._budget or any(not one.kinds for one, _ in course.asked):
            return False
        for transformation, before in course.asked:
            self.asked[transformation] = None
            if transformation not in self.found:
                self.found[transformation] = self._checked(transformation)
            if self.found[transformation] != before:
                return False
        return True

    def ask(self, transformation: Transformation) -> float:
        """The consistency: that of the images as they are is 1."""
        if not transformation.kinds:
            return 1.0
        if transformation not in self.asked:
            if len(self.asked) == self._budget:
                raise _End
            self.asked[transformation] = None
        if transformation not in self.found:
            try:
                self.found[transformation] = self._checked(transformation)
            except BaseException as error:
                raise _End(error) from None
        return self.found[transformation]

    def _checked(self, transformation: Transformation) -> float:
        consistency = float(self._evaluate(transformation))
        if not 0 <= consistency <= 1:
            raise ValueError(f"{transformation.view}: a consistency of {consistency} is not in [0, 1]")
        return consistency


def _run(trail: _Trail, ranges: Ranges, *, threshold: float | None, examples: int, seed: int) -> bool:
    """Let Hypothesis draw; whether the budget was spent."""
    import hypothesis

    @hypothesis.seed(seed)
    @_settings(examples)
    @hypothesis.given(strategy(ranges))
    def survives(transformation: Transformation) -> None:
        consistency = trail.ask(transformation)
        hypothesis.target(-consistency)
        if threshold is not None and consistency < threshold:
            raise _Broken

    cause = None
    try:
        survives()
    except _Broken:
        return False
    except _End as end:
        if end.cause is None:
            return True
        cause = end.cause
    if cause is not None:
        raise cause
    return False


def _settings(examples: int) -> "Settings":
    """Nothing is left to a profile, so a user's own or Hypothesis's ``ci`` changes no draw."""
    from hypothesis import HealthCheck, Phase, Verbosity, settings

    return settings(
        max_examples=examples + 1,  # Hypothesis begins with the images as they are
        phases=(Phase.generate, Phase.target, Phase.shrink),  # explaining costs forwards and says nothing new
        derandomize=False,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
