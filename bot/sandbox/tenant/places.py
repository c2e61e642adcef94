"""The cities of the accounts: country, state in the United States, latitude and longitude in degrees."""

from __future__ import annotations

CITIES = (
    ("Oslo", "Norway", None, 59.91, 10.75),
    ("Dublin", "Ireland", None, 53.35, -6.26),
    ("Munich", "Germany", None, 48.14, 11.58),
    ("Lyon", "France", None, 45.76, 4.84),
    ("London", "United Kingdom", None, 51.51, -0.13),
    ("Turin", "Italy", None, 45.07, 7.69),
    ("Edinburgh", "United Kingdom", None, 55.95, -3.19),
    ("Rotterdam", "Netherlands", None, 51.92, 4.48),
    ("Denver", "United States", "Colorado", 39.74, -104.99),
    ("Chicago", "United States", "Illinois", 41.88, -87.63),
    ("San Diego", "United States", "California", 32.72, -117.16),
    ("Portland", "United States", "Oregon", 45.52, -122.68),
    ("Los Angeles", "United States", "California", 34.05, -118.24),
    ("Detroit", "United States", "Michigan", 42.33, -83.05),
    ("Seattle", "United States", "Washington", 47.61, -122.33),
    ("Phoenix", "United States", "Arizona", 33.45, -112.07),
    ("Toronto", "Canada", None, 43.65, -79.38),
    ("Austin", "United States", "Texas", 30.27, -97.74),
    ("Tokyo", "Japan", None, 35.68, 139.69),
    ("Singapore", "Singapore", None, 1.35, 103.82),
    ("Brisbane", "Australia", None, -27.47, 153.03),
    ("Mumbai", "India", None, 19.08, 72.88),
    ("Sydney", "Australia", None, -33.87, 151.21),
    ("Jakarta", "Indonesia", None, -6.21, 106.85),
    ("Guangzhou", "China", None, 23.13, 113.26),
    ("Auckland", "New Zealand", None, -36.85, 174.76),
)
