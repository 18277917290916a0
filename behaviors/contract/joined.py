"""The same images, row by row: what a comparison of two models needs first."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.per_image import PerImage

UNKNOWN = "this number cannot be compared image by image: it is not known what each image contributes to it"


def joined(old: PerImage | None, new: PerImage | None) -> tuple[PerImage, PerImage]:
    """Both in the order of the old rows, joined by id.

    Raises:
        ValueError: nothing is known of single images; there are none, or not the same ones; the two are not measured
            in the same way, or not clustered alike.
    """
    if old is None or new is None:
        raise ValueError(UNKNOWN)
    if (old.kind, old.part) != (new.kind, new.part):
        raise ValueError(
            f"the two were not measured in the same way: {old.kind} ({old.part}) and {new.kind} ({new.part})"
        )
    _check_images(old.ids, new.ids)
    if not np.array_equal(old.ids, new.ids):
        new = _in_order(new, _places(old.ids, new.ids))
    if len(old.clusters) != len(new.clusters):
        raise ValueError(f"images clustered in {len(old.clusters)} ways, and now in {len(new.clusters)}")
    for before, after in zip(old.clusters, new.clusters, strict=True):
        if (moved := before != after).any():
            i = int(np.argmax(moved))
            raise ValueError(
                f"{np.count_nonzero(moved):,} of {old.ids.size:,} images belong to another cluster than before, such as"
                f" {str(old.ids[i])!r} ({before[i]} then, {after[i]} now): the datasets differ"
            )
    return old, new


def restricted(rows: PerImage, ids: NDArray[np.str_], *, strata: bool) -> PerImage | None:
    """The rows of the images ``ids``, in their order; None where some of them have none.

    ``strata``: rows of several datasets, ``dataset:id``: each image then counts by the share that its dataset has among
    ``ids``, and no longer by that among all rows, so that the mean stays one of datasets.
    """
    order = np.argsort(rows.ids)
    place = order[np.minimum(np.searchsorted(rows.ids, ids, sorter=order), rows.ids.size - 1)]
    if not np.array_equal(rows.ids[place], ids):
        return None
    found = _in_order(rows, place)
    if not strata:
        return found
    centre = rows.values.mean()
    weight = _share_of_dataset(rows.ids, ids) / _share_of_dataset(ids, ids)
    return replace(found, values=centre + (found.values - centre) * weight)


def _share_of_dataset(ids: NDArray[np.str_], wanted: NDArray[np.str_]) -> NDArray[np.float64]:
    """(W,) which share of the rows ``ids`` the dataset of each wanted row has."""
    names, counts = np.unique(_datasets(ids), return_counts=True)
    share: NDArray[np.float64] = counts[np.searchsorted(names, _datasets(wanted))] / ids.size
    return share


def _datasets(ids: NDArray[np.str_]) -> NDArray[np.str_]:
    names: NDArray[np.str_] = np.char.partition(ids, ":")[:, 0]
    return names


def _check_images(old: NDArray[np.str_], new: NDArray[np.str_]) -> None:
    if not old.size and not new.size:
        raise ValueError("there are no images to compare on")
    if np.array_equal(old, new):
        return
    only_old, only_new = np.setdiff1d(old, new), np.setdiff1d(new, old)
    if only_old.size or only_new.size:
        some = str((only_old if only_old.size else only_new)[0])
        raise ValueError(
            f"the images are not the same: {only_old.size:,} are only in the old run, {only_new.size:,} only in the new"
            f" ({some!r}, say)"
        )


def _places(wanted: NDArray[np.str_], ids: NDArray[np.str_]) -> NDArray[np.intp]:
    """Where each wanted id stands among ``ids``, which hold the same names."""
    order = np.argsort(ids)
    return order[np.searchsorted(ids, wanted, sorter=order)]


def _in_order(rows: PerImage, places: NDArray[np.intp]) -> PerImage:
    return replace(
        rows,
        ids=rows.ids[places],
        values=rows.values[places],
        clusters=tuple(names[places] for names in rows.clusters),
        bins=None if rows.bins is None else rows.bins[places],
    )
