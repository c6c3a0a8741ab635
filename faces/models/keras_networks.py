"""The original Keras networks, taking pixels as they are: each scales its input itself. Imports TensorFlow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import h5py
import numpy as np
import tensorflow as tf
from keras_facenet.inception_resnet_v1 import InceptionResNetV1
from mtcnn import MTCNN

from faces.detect.cascade import ONET_SIDE, RNET_SIDE
from faces.embed.align import SIDE
from faces.models.checkpoints import Checkpoint, Standardisation

Tensor: TypeAlias = Any
Layers: TypeAlias = Callable[[Tensor], list[Tensor]]
Forward: TypeAlias = Callable[[Tensor], Mapping[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Original:
    """A network from float32 RGB pixels (0 to 255), of `shape` (None: any), to named float32 outputs."""

    shape: tuple[int | None, ...]
    forward: Forward
    optimised: Forward | None = None
    """An equivalent function with less work, which is exported instead."""
    exact: int = 0
    """How many of its first convolutions must run in float32 even when the others use less precision."""


def original_networks(checkpoint: Checkpoint, weights: Path) -> dict[str, Original]:
    """All four networks, by the name of their file."""
    return {**_mtcnn_networks(), "facenet": _facenet(checkpoint, weights)}


def _mtcnn_networks() -> dict[str, Original]:
    pnet, rnet, onet = (stage.model for stage in MTCNN().stages)
    quick_pnet, quick_rnet, quick_onet = (_on_pixels(stage.model) for stage in MTCNN().stages)
    return {
        "pnet": Original((None, None, None, 3), _windows(_centred(pnet)), _windows_at_once(quick_pnet)),
        "rnet": Original((None, RNET_SIDE, RNET_SIDE, 3), _box_and_face(_centred(rnet)), _box_and_face(quick_rnet)),
        "onet": Original((None, ONET_SIDE, ONET_SIDE, 3), _with_landmarks(_centred(onet)), _with_landmarks(quick_onet)),
    }


def _centred(network: Layers) -> Layers:
    """Scale the pixels before the network, as `mtcnn.utils.images.normalize_images` does."""
    return lambda pixels: network((pixels - 127.5) / 128.0)


def _on_pixels(network: Any) -> Any:
    """Fold the same scaling into the network's first filter. That is exact, because the filter has no padding."""
    kernel, bias = network.conv1.get_weights()
    network.conv1.set_weights([kernel / 128.0, bias - 127.5 / 128.0 * kernel.sum(axis=(0, 1, 2))])
    return network


def _box_and_face(network: Layers) -> Forward:
    def forward(pixels: Tensor) -> Mapping[str, Tensor]:
        box, classes = network(pixels)
        return {"box": box, "face": classes[..., 1]}

    return forward


def _with_landmarks(network: Layers) -> Forward:
    def forward(pixels: Tensor) -> Mapping[str, Tensor]:
        box, landmarks, classes = network(pixels)
        return {"box": box, "face": classes[..., 1], "landmarks": landmarks}

    return forward


def _windows(pnet: Layers) -> Forward:
    """For each window its box and, last, the logit of *face*, in one array: few windows are ever read from it."""

    def forward(pixels: Tensor) -> Mapping[str, Tensor]:
        box, classes = pnet(pixels)
        return {"windows": tf.concat([box, tf.math.log(classes[..., 1:]) - tf.math.log(classes[..., :1])], axis=-1)}

    return forward


def _windows_at_once(pnet: Any) -> Forward:
    """The same with a single filter: the softmax of two classes is the sigmoid of their difference."""
    (box_kernel, box_bias), (classes_kernel, classes_bias) = pnet.conv4_1.get_weights(), pnet.conv4_2.get_weights()
    kernel = np.concatenate([box_kernel, classes_kernel[..., 1:] - classes_kernel[..., :1]], axis=-1)
    bias = np.append(box_bias, classes_bias[1] - classes_bias[0])

    def forward(pixels: Tensor) -> Mapping[str, Tensor]:
        seen = pnet.maxpool1(pnet.prelu1(pnet.conv1(pixels)))
        seen = pnet.prelu3(pnet.conv3(pnet.prelu2(pnet.conv2(seen))))
        return {"windows": tf.nn.conv2d(seen, kernel, 1, "VALID") + bias}

    return forward


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
"""FaceNet's first convolutions, on the largest maps, cause most of the rounding error (decision 0007)."""


def _standardise(pixels: Tensor) -> Tensor:
    """`tf.image.per_image_standardization` for 8-bit pixels, in a form that the runtime fuses into one operation."""
    centred = pixels - tf.reduce_mean(pixels, [1, 2, 3], keepdims=True)
    return centred / tf.sqrt(tf.reduce_mean(tf.square(centred), [1, 2, 3], keepdims=True) + 1e-9)


STANDARDISE: dict[Standardisation, Callable[[Tensor], Tensor]] = {
    "image": tf.image.per_image_standardization,
    "fixed": lambda pixels: (pixels - 127.5) / 127.5,
}
"""As `keras_facenet.FaceNet._normalize`."""


def set_weights_by_name(model: Any, weights: Path) -> None:
    """Load a weights file of an old Keras version, which lists the same layers in another order."""
    with h5py.File(weights) as file:
        layers = file["model_weights"]
        for layer in model.layers:
            if layer.weights:
                group = layers[layer.name]
                layer.set_weights([group[name][()] for name in group.attrs["weight_names"]])
