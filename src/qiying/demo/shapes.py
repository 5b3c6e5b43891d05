"""Plain shapes on the globe: what the generator hands out, with no library's classes in it."""

from dataclasses import dataclass

#: Longitude and latitude in degrees, WGS 84.
Position = tuple[float, float]
#: An open chain of positions.
Track = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One or more polygons; a polygon is its closed outer ring followed by the rings of holes."""

    parts: tuple[tuple[Track, ...], ...]

    def geojson(self) -> dict[str, object]:
        """The area as a GeoJSON geometry (Polygon or MultiPolygon)."""
        coordinates = [
            [[list(position) for position in ring] for ring in part] for part in self.parts
        ]
        if len(coordinates) == 1:
            return {"type": "Polygon", "coordinates": coordinates[0]}
        return {"type": "MultiPolygon", "coordinates": coordinates}


def track_geojson(track: Track) -> dict[str, object]:
    """A track as a GeoJSON LineString."""
    return {"type": "LineString", "coordinates": [list(position) for position in track]}


def point_geojson(position: Position) -> dict[str, object]:
    """A position as a GeoJSON Point."""
    return {"type": "Point", "coordinates": list(position)}
