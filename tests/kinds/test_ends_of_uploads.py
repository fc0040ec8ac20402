"""Uploads that end twice, or after a later write of their key; what a completion says of the whole. Reported: openstack/swift's
tests of Amazon S3 (test/s3api/test_mpu.py, test_conditional_writes.py), versitygw's (tests/integration)."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer

from raw import Raw, Refused

NO_UPLOAD = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
FIVE_MIB = b"0" * (5 << 20)


class Upload:
    """With two parts, the first of 5 MiB."""

    def __init__(self, raw: Raw, bucket: str, headers: dict[str, str] | None = None):
        self._raw, self._path = raw, f"/{bucket}/key"
        begun = raw("POST", f"{self._path}?uploads", headers=headers)
        self.id = begun.body.split(b"<UploadId>")[1].split(b"<")[0].decode()
        self._etags = [raw("PUT", f"{self._path}?partNumber={number}&uploadId={self.id}", body).headers["ETag"]
                       for number, body in ((1, FIVE_MIB), (2, self.id.encode()))]

    def complete(self, headers: dict[str, str] | None = None, *, parts: int = 2) -> Answer:
        listed = "".join(f"<Part><PartNumber>{number + 1}</PartNumber><ETag>{self._etags[number]}</ETag></Part>"
                         for number in range(parts))
        return self._raw("POST", f"{self._path}?uploadId={self.id}",
                         f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode(), headers)

    def abort(self, ending: str = "") -> Answer:
        return self._raw("DELETE", f"{self._path}?uploadId={self.id}{ending}")

    @property
    def unknown(self) -> Refused:
        return Refused(404, "NoSuchUpload", NO_UPLOAD, {"UploadId": self.id})


def test_a_completion_succeeds_again_with_the_same_list_alone(bucket: str, raw: Raw) -> None:
    upload = Upload(raw, bucket)
    first = upload.complete()
    assert first.status == 200
    for headers in ({}, {"If-None-Match": "*"}):
        assert upload.complete(headers).body == first.body
    upload.unknown.check(upload.complete(parts=1))
    no_md5 = b'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a", "b"</ETag></Part></CompleteMultipartUpload>'
    upload.unknown.check(raw("POST", f"/{bucket}/key?uploadId={upload.id}", no_md5))
    assert raw("DELETE", f"/{bucket}/key").status == 204
    upload.unknown.check(upload.complete())


def test_an_upload_that_ended_may_be_aborted_again(bucket: str, raw: Raw) -> None:
    aborted, completed = Upload(raw, bucket), Upload(raw, bucket)
    assert completed.complete().status == 200
    assert [upload.abort().status for upload in (completed, aborted, aborted)] == [204, 204, 204]
    assert raw("HEAD", f"/{bucket}/key").status == 200
    aborted.unknown.check(aborted.complete())
    assert aborted.abort("x").error()["Code"] == "NoSuchUpload"


@pytest.mark.parametrize("meanwhile", ["a put", "an upload"])
def test_of_two_writes_the_one_that_began_later_stays(meanwhile: str, bucket: str, s3: BaseClient, raw: Raw) -> None:
    """User guide: Multipart upload and concurrent operations."""
    older = Upload(raw, bucket)
    if meanwhile == "a put":
        s3.put_object(Bucket=bucket, Key="key", Body=b"later")
    else:
        assert Upload(raw, bucket).complete().status == 200
    later = s3.head_object(Bucket=bucket, Key="key")["ETag"]
    assert older.complete().status == 200
    assert s3.head_object(Bucket=bucket, Key="key")["ETag"] == later
    assert raw("GET", f"/{bucket}?uploads").body.count(b"<Upload>") == 0


@pytest.mark.parametrize("deleted", ["by its key", "by its null version", "among others"])
def test_an_upload_that_began_before_its_key_was_deleted_shows_no_object(deleted: str, bucket: str, s3: BaseClient,
                                                                         raw: Raw) -> None:
    """Reported, too: boto3#4476."""
    first, second = Upload(raw, bucket), Upload(raw, bucket)
    assert first.complete().status == 200
    if deleted == "among others":
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "key"}]})
    else:
        s3.delete_object(Bucket=bucket, Key="key", **({} if deleted == "by its key" else {"VersionId": "null"}))
    conflict = second.complete({"If-None-Match": "*"})
    assert (conflict.status, conflict.error()["Code"]) == (409, "ConditionalRequestConflict")
    third, fourth = Upload(raw, bucket), Upload(raw, bucket)
    assert third.complete().status == 200
    s3.delete_object(Bucket=bucket, Key="key")
    assert fourth.complete().status == 200
    assert raw("GET", f"/{bucket}/key").error()["Code"] == "NoSuchKey"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert Upload(raw, bucket).complete({"If-None-Match": "*"}).status == 200
    assert s3.head_object(Bucket=bucket, Key="key")["ContentLength"] > 5 << 20


def test_an_upload_shows_its_object_though_nothing_was_deleted_meanwhile(bucket: str, s3: BaseClient, raw: Raw) -> None:
    """There was no object to be deleted: unsettled, and so it is here."""
    upload = Upload(raw, bucket)
    s3.delete_object(Bucket=bucket, Key="key")
    assert upload.complete().status == 200
    assert s3.head_object(Bucket=bucket, Key="key")["ContentLength"] > 5 << 20


SEVERAL = Refused(400, "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")


def no_value(header: str) -> Refused:
    return Refused(400, "InvalidRequest", f"Value for {header} header is invalid.")


WHOLES = (
    ("two checksums", {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"},
     {"x-amz-checksum-crc32": "sGc9Hg==", "x-amz-checksum-crc32c": "/2NsFg=="}, SEVERAL),
    ("one that counts no parts", {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"},
     {"x-amz-checksum-crc32": "sGc9Hg==-a"}, no_value("x-amz-checksum-crc32")),
    ("one that counts twice", {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"},
     {"x-amz-checksum-crc32": "sGc9Hg==-2-2"}, no_value("x-amz-checksum-crc32")),
    ("a wrong one of an upload without an algorithm", {}, {"x-amz-checksum-crc64nvme": "vqf3hRLTlJw="}, None),
    ("another algorithm's of an upload without one", {}, {"x-amz-checksum-crc32": "sGc9Hg=="}, None),
)


@pytest.mark.parametrize("what, of_upload, of_completion, refused", WHOLES, ids=[row[0].replace(" ", "-") for row in WHOLES])
def test_the_checksum_of_the_whole(what: str, of_upload: dict[str, str], of_completion: dict[str, str], refused: Refused | None,
                                   bucket: str, raw: Raw) -> None:
    answer = Upload(raw, bucket, of_upload).complete(of_completion)
    if refused:
        refused.check(answer)
    else:
        assert answer.status == 200, answer.body


@pytest.mark.parametrize("algorithm, kind", [("cRc32", "cOmposite"), ("crc64nvme", "full_object")])
def test_types_of_checksums_count_in_any_letter_case(algorithm: str, kind: str, bucket: str, raw: Raw) -> None:
    answer = raw("POST", f"/{bucket}/key?uploads", headers={"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind})
    told = {name: answer.headers[f"x-amz-checksum-{name}"] for name in ("algorithm", "type")}
    assert told == {"algorithm": algorithm.upper(), "type": kind.upper()}


def test_a_type_that_is_none_is_told_before_the_missing_algorithm(bucket: str, raw: Raw) -> None:
    no_value("x-amz-checksum-type").check(raw("POST", f"/{bucket}/key?uploads", headers={"x-amz-checksum-type": "none"}))
