"""The original networks, with the scaling of pixels put in front. Imports TensorFlow: only for the export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import h5py
import numpy as np
import tensorflow as tf
from keras_facenet.inception_resnet_v1 import InceptionResNetV1
from mtcnn import MTCNN

from faces.align import SIDE
from faces.cascade import ONET_SIDE, RNET_SIDE
from faces.checkpoints import Checkpoint, Standardisation

Tensor: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Original:
    """A network from float32 RGB pixels (0 to 255), of `shape` (None: any), to named float32 outputs."""

    shape: tuple[int | None, ...]
    answer: Callable[[Tensor], Mapping[str, Tensor]]
    shortcut: Callable[[Tensor], Mapping[str, Tensor]] | None = None
    """The same answer with less work, to export in its place."""
    exact: int = 0
    """How many of its first convolutions need float32 even where the others do without."""


def original_networks(checkpoint: Checkpoint, weights: Path) -> dict[str, Original]:
    """All four networks by the name of their file."""
    return {**_mtcnn_networks(), "facenet": _facenet(checkpoint, weights)}


def _mtcnn_networks() -> dict[str, Original]:
    pnet, rnet, onet = (stage.model for stage in MTCNN().stages)

    def box_and_face(network: Callable[[Tensor], list[Tensor]]) -> Callable[[Tensor], Mapping[str, Tensor]]:
        def answer(pixels: Tensor) -> Mapping[str, Tensor]:
            box, classes = network(_centre(pixels))
            return {"box": box, "face": classes[..., 1]}

        return answer

    def with_landmarks(pixels: Tensor) -> Mapping[str, Tensor]:
        box, landmarks, classes = onet(_centre(pixels))
        return {"box": box, "face": classes[..., 1], "landmarks": landmarks}

    return {
        "pnet": Original((1, None, None, 3), box_and_face(pnet), _shortcut(pnet)),
        "rnet": Original((None, RNET_SIDE, RNET_SIDE, 3), box_and_face(rnet)),
        "onet": Original((None, ONET_SIDE, ONET_SIDE, 3), with_landmarks),
    }


def _shortcut(pnet: Any) -> Callable[[Tensor], Mapping[str, Tensor]]:
    """PNet, which spends two fifths of its time on moving pixels around: centring is part of the first filter here, and
    of the two classes, whose softmax is a sigmoid of their difference, only *face* is computed, beside the box."""
    kernel, bias = pnet.conv1.get_weights()
    kernel, bias = kernel / 128.0, bias - 127.5 / 128.0 * kernel.sum(axis=(0, 1, 2))
    (box_kernel, box_bias), (classes_kernel, classes_bias) = pnet.conv4_1.get_weights(), pnet.conv4_2.get_weights()
    head_kernel = np.concatenate([box_kernel, classes_kernel[..., 1:] - classes_kernel[..., :1]], axis=-1)
    head_bias = np.append(box_bias, classes_bias[1] - classes_bias[0])

    def answer(pixels: Tensor) -> Mapping[str, Tensor]:
        seen = pnet.maxpool1(pnet.prelu1(tf.nn.conv2d(pixels, kernel, 1, "VALID") + bias))
        seen = pnet.prelu3(pnet.conv3(pnet.prelu2(pnet.conv2(seen))))
        head = tf.nn.conv2d(seen, head_kernel, 1, "VALID") + head_bias
        return {"box": head[..., :4], "face": tf.sigmoid(head[..., 4])}

    return answer


def _centre(pixels: Tensor) -> Tensor:
    """As `mtcnn.utils.images.normalize_images`."""
    return (pixels - 127.5) / 128.0


def _facenet(checkpoint: Checkpoint, weights: Path) -> Original:
    model = InceptionResNetV1(classes=checkpoint.dimension)
    if checkpoint.url is None:
        set_weights_by_name(model, weights)
    else:
        model.load_weights(weights)
    standardise = STANDARDISE[checkpoint.standardisation]
    quick = _standardise if checkpoint.standardisation == "image" else standardise
    return Original(
        (None, SIDE, SIDE, 3),
        lambda pixels: {"embedding": model(standardise(pixels))},
        lambda pixels: {"embedding": model(quick(pixels))},
        exact=EXACT_CONVOLUTIONS,
    )


EXACT_CONVOLUTIONS = 3
"""FaceNet's first, on the largest maps: what is rounded there makes most of the difference (decision 0007)."""


def _standardise(pixels: Tensor) -> Tensor:
    """As `tf.image.per_image_standardization` of 8-bit pixels, in the form that the runtime takes for one operation."""
    centred = pixels - tf.reduce_mean(pixels, [1, 2, 3], keepdims=True)
    return centred / tf.sqrt(tf.reduce_mean(tf.square(centred), [1, 2, 3], keepdims=True) + 1e-9)


STANDARDISE: dict[Standardisation, Callable[[Tensor], Tensor]] = {
    "image": tf.image.per_image_standardization,
    "fixed": lambda pixels: (pixels - 127.5) / 127.5,
}
"""As `keras_facenet.FaceNet._normalize`."""


def set_weights_by_name(model: Any, weights: Path) -> None:
    """Load a file written by an old Keras: the same layers by name, in another order."""
    with h5py.File(weights) as file:
        layers = file["model_weights"]
        for layer in model.layers:
            if layer.weights:
                group = layers[layer.name]
                layer.set_weights([group[name][()] for name in group.attrs["weight_names"]])
