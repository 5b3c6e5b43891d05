"""The standard machine door: Open311 GeoReport v2, XML and JSON, as real clients speak it."""
