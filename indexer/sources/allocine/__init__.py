"""AlloCiné, a French site: searches, castings, filmographies and portraits. It has no API, so its pages are read."""
