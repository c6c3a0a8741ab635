"""Face detection: MTCNN, a cascade of three networks over an image pyramid.

- `find`: the way in. It runs the cascade once, and again on other sizes or turned where that finds little.
- `cascade`: the three networks. `pyramid`: the picture at decreasing sizes. `mosaic`: all sizes on one sheet.
- `boxes`: arithmetic of boxes, with non-maximum suppression.
"""
