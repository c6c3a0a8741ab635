"""Preparing the model files, once per machine: `findtheactor models prepare`.

- `prepare`: the way in. `checkpoints` lists the FaceNet weights, `weights` finds them, `downloads` fetches them.
- `export` runs in a process of its own: it converts the `keras_networks` and has `parity` compare both.
- `manifest` and `inventory` describe and check the result, which `cache` builds whole or not at all.
- `steps` runs child processes, such as `pip_client`, which downloads with pip's own machinery.
"""
