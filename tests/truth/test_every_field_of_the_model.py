"""Every field of the multipart operations in the newest S3 API model is known to the server, or is left out for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

ROOT = Path(__file__).parents[2]
OPERATIONS = ["CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload", "AbortMultipartUpload",
              "ListParts", "ListMultipartUploads"]
LEFT_OUT = {
    "x-amz-request-payer": "no bucket makes its requesters pay, and then S3 takes the header without a word",
    "x-amz-request-charged": "likewise",
    "x-amz-grant-full-control": "ACLs are accepted and not enforced",
    "x-amz-grant-read": "likewise", "x-amz-grant-read-acp": "likewise", "x-amz-grant-write-acp": "likewise",
    "x-amz-copy-source-server-side-encryption-customer-key": "read by the prefix that it shares with its kin",
    "x-amz-copy-source-server-side-encryption-customer-key-md5": "likewise",
}


def fields(shape: Shape | None, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The wire names of headers, query parameters and elements."""
    if isinstance(shape, ListShape):
        yield from fields(shape.member, seen)
    if not isinstance(shape, StructureShape) or shape.name in seen:
        return
    for name, member in shape.members.items():
        yield member.serialization.get("name", name)
        yield from fields(member, (*seen, shape.name))


@pytest.fixture(scope="module")
def model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("s3", "service-2"))


@pytest.fixture(scope="module")
def sources() -> str:
    files = [path for room in ("server", "protocol", "values") for path in (ROOT / room).rglob("*.[ch]*")]
    return "".join(path.read_text() for path in files).lower()


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_field_is_known(model: ServiceModel, sources: str, name: str) -> None:
    operation: OperationModel = model.operation_model(name)
    named = {field.lower() for shape in (operation.input_shape, operation.output_shape) for field in fields(shape)}
    # Conditions on a copy's source are those of a read behind a prefix.
    named = {field.removeprefix("x-amz-copy-source-") if "-if-" in field else field for field in named}
    assert {field for field in named - LEFT_OUT.keys() if f'"{field}' not in sources and f"{field}\"" not in sources} == set()
