"""XMLTV guides: files that list what is on."""
