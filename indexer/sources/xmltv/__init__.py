"""XMLTV guides: files that list what is on.

`charset` turns the bytes into text, `elements` cuts the text into one small document for each channel and programme,
`fields`, `times` and `credits` read them, and `guide` puts the listing together. Each step mends what is damaged where
it stands and counts it, so that damage in one programme never reaches another one.
"""
