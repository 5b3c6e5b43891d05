"""Join points to areas with geopandas; runs in an environment of its own.

Usage: python geopandas_sjoin.py FOLDER, where the folder holds points.npz (lon, lat) and
areas.geojson. Prints one line of JSON: CPU seconds of the join alone, rows in and rows out.
"""

import json
import sys
import time
from pathlib import Path

import geopandas
import numpy as np


def main(folder: Path) -> None:
    """Warm up on a tenth, then measure the whole."""
    stored = np.load(folder / "points.npz")
    areas = geopandas.read_file(folder / "areas.geojson")
    shapes = geopandas.points_from_xy(stored["lon"], stored["lat"])
    points = geopandas.GeoDataFrame(geometry=shapes, crs=areas.crs)
    geopandas.sjoin(points.iloc[: len(points) // 10], areas, predicate="within")

    start = time.process_time()
    joined = geopandas.sjoin(points, areas, predicate="within")
    spent = time.process_time() - start

    facts = {"cpu_s": spent, "rows": len(points), "joined": len(joined)}
    print(json.dumps({**facts, "version": geopandas.__version__}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
