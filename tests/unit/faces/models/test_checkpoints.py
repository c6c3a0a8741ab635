import pytest

from faces.errors import ModelsError
from faces.models.checkpoints import find_checkpoint


def test_the_default_checkpoint_comes_from_the_package_index() -> None:
    checkpoint = find_checkpoint("msceleb-128")
    assert (checkpoint.dimension, checkpoint.standardisation, checkpoint.url) == (128, "image", None)


def test_other_checkpoints_are_described_by_keras_facenet() -> None:
    checkpoint = find_checkpoint("20180402-114759")
    assert (checkpoint.dimension, checkpoint.standardisation) == (512, "fixed")
    assert checkpoint.url is not None
    assert checkpoint.url.endswith("/20180402-114759-weights.h5")
    assert checkpoint.sha256 == "8b71e7045497e841c00ee568f031d1a4d30908fceadf6884aef2dec4d545202b"


def test_an_unknown_checkpoint_names_those_there_are() -> None:
    with pytest.raises(ModelsError, match=r"'vgg'.*msceleb-128, 20180402-114759"):
        find_checkpoint("vgg")
