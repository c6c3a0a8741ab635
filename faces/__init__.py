"""From the bytes of a picture to faces with embeddings, and the models for it.

- `engine`: the way in. `FaceEngine` decodes a picture, detects its faces, aligns them and embeds them.
- `decode`: picture bytes to pixels, within limits. `metadata` writes a picture again without its metadata.
- `detect`: finds the faces of a picture (MTCNN).
- `embed`: aligns faces, rates their quality, and chooses which views of them are embedded.
- `runtime`: runs a network. It is the only module that knows the inference runtime (OpenVINO).
- `models`: prepares the model files: downloads the weights, exports the networks and compares them with the originals.
- `types`: the values that the engine returns. `errors`: what can go wrong. `allocator`: memory settings of the process.
"""
