"""Parquet files of images for tests."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.datasets.pictures import age
from tests.datasets.shards import encoded

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def table(first=0, count=4, names=None, **columns) -> pa.Table:
    """Images ``first`` and so on; their labels count 0, 1, 2, 0, ... unless told otherwise."""
    numbers = range(first, first + count)
    given = {
        "image": pa.array([{"bytes": encoded(k), "path": f"{k}.png"} for k in numbers], IMAGE),
        "label": pa.array([k % 3 for k in numbers]),
    } | columns
    found = pa.table({name: values for name, values in given.items() if values is not None})
    return found if names is None else described(found, label={"_type": "ClassLabel", "names": names})


def described(found: pa.Table, **features) -> pa.Table:
    return found.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def write(path: Path, found: pa.Table, rows=3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(found, path, row_group_size=rows)
    return age(path)
