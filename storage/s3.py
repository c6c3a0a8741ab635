"""Storage in an S3 bucket, of Amazon or any compatible server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError, ResponseStreamingError

from storage.base import ObjectNotFound, ObjectTooLarge, StorageUnavailable
from storage.keys import check_key, check_prefix, is_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
ATTEMPTS = 3
"""How often a request is tried; and, separately, how often an object whose body breaks off is read again."""

_NO_KEY = {"NoSuchKey", "404", "NotFound"}
_ADVICE = {
    "NoSuchBucket": "create the bucket, or correct its name in the storage setting",
    "InvalidAccessKeyId": "check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "check the AWS_… credentials and the bucket's policy",
    "403": "check the AWS_… credentials and the bucket's policy",
}


class S3Storage:
    """A `Storage` in a bucket, below `prefix` (without slashes at its ends). Safe for many threads and processes.

    Credentials come from the usual `AWS_…` variables. Objects are immutable, so that no operation needs
    conditional writes, which some servers ignore.
    """

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str | None = None) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.place = f"s3://{bucket}/{prefix}" + (f" at {endpoint}" if endpoint else "")
        with self._explained("set up the client"):
            self._client = _client(endpoint)

    def put(self, key: str, data: bytes) -> None:
        """See `Storage.put`."""
        name = self._name(key)
        with self._explained(f"store {key}"):
            self._client.put_object(Bucket=self.bucket, Key=name, Body=data)

    def get(self, key: str, *, max_bytes: int) -> bytes:
        """See `Storage.get`."""
        name = self._name(key)
        with self._explained(f"read {key}"):
            for _ in range(ATTEMPTS - 1):
                try:
                    return self._read(key, name, max_bytes)
                except (IncompleteReadError, ResponseStreamingError):
                    continue  # botocore retries only what fails before the body
            return self._read(key, name, max_bytes)

    def size(self, key: str) -> int | None:
        """See `Storage.size`."""
        name = self._name(key)
        with self._explained(f"look for {key}"):
            try:
                return self._client.head_object(Bucket=self.bucket, Key=name)["ContentLength"]
            except ClientError as error:
                if _code(error) not in _NO_KEY:
                    raise
            self._require_bucket()
        return None

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        name = self._name(key)
        with self._explained(f"delete {key}"):
            self._client.delete_object(Bucket=self.bucket, Key=name)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Storage.keys`. Objects of others, whose names are not valid keys, are left out."""
        start = self.prefix + check_prefix(prefix)
        with self._explained("list the objects"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
            for page in pages:
                for entry in page.get("Contents", ()):
                    key = entry["Key"].removeprefix(self.prefix)
                    if is_key(key):
                        yield key

    def _name(self, key: str) -> str:
        return self.prefix + check_key(key)

    def _read(self, key: str, name: str, max_bytes: int) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self.bucket, Key=name)
        except ClientError as error:
            if _code(error) in _NO_KEY:
                raise ObjectNotFound(f"no object {key} in {self.place}") from error
            raise
        with closing(answer["Body"]) as body:
            if answer["ContentLength"] > max_bytes:
                size = answer["ContentLength"]
                raise ObjectTooLarge(f"{key} has {size} bytes, more than the {max_bytes} expected: it was not read")
            return body.read()

    def _require_bucket(self) -> None:
        """An answer to HEAD has no body: only a second question tells a missing object from a missing bucket."""
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if _code(error) in _NO_KEY:
                raise StorageUnavailable(f"no bucket {self.bucket}: {_ADVICE['NoSuchBucket']}") from error
            raise

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            advice = _ADVICE.get(_code(error), "see the server's log")
            raise StorageUnavailable(f"cannot {action} in {self.place}: {error}. Then {advice}") from error
        except BotoCoreError as error:
            advice = "Check the network, the endpoint and the AWS_… variables"
            raise StorageUnavailable(f"cannot {action} in {self.place}: {error}. {advice}") from error


def _client(endpoint: str | None) -> "S3Client":
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        # What Amazon alone understands stays off, so that every S3 server will do.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if endpoint else None,
    )
    # A session of its own: the default one is shared, not thread-safe while it is set up, and keeps old credentials.
    return boto3.session.Session().client("s3", endpoint_url=endpoint, config=config)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
