"""The multipart protocol step by step, through boto3."""

from __future__ import annotations

import base64
import zlib

import pytest
from botocore.client import BaseClient

from support.data import MIB, SMALLEST_PART, etag, multipart_etag, seeded_bytes
from support.s3 import Upload, new_bucket, read, refused

FIRST, SECOND, THIRD = (seeded_bytes(SMALLEST_PART, seed=i) for i in range(3))
TAIL = b"the last part may be small"


# --- What Complete makes of the parts --------------------------------------------------------------------------------


def test_an_object_is_its_parts_in_order_of_their_numbers(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, "folder/an object")
    for number, body in ((3, TAIL), (1, FIRST), (2, SECOND)):
        upload.put(number, body)

    answer = upload.complete()

    assert (answer["Bucket"], answer["Key"]) == (bucket, "folder/an object")
    assert answer["Location"].endswith(f"/{bucket}/folder%2Fan%20object")
    assert answer["ETag"] == multipart_etag([FIRST, SECOND, TAIL])
    get = s3.get_object(Bucket=bucket, Key="folder/an object")
    assert get["Body"].read() == FIRST + SECOND + TAIL
    assert get["ETag"] == answer["ETag"]


def test_one_small_part_is_enough(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, b"")
    assert upload.complete()["ETag"] == multipart_etag([b""])
    assert read(s3, bucket) == b""


@pytest.mark.parametrize("numbers", [(2, 5), (1, 10_000), (7, 8)])
def test_part_numbers_may_have_gaps(s3: BaseClient, bucket: str, numbers: tuple[int, int]) -> None:
    upload = Upload(s3, bucket)
    upload.put(numbers[0], FIRST)
    upload.put(numbers[1], TAIL)
    assert upload.complete()["ETag"] == multipart_etag([FIRST, TAIL])
    assert read(s3, bucket) == FIRST + TAIL


@pytest.mark.parametrize("number", [0, 10_001, -1])
def test_a_part_number_outside_1_to_10000_is_refused(s3: BaseClient, bucket: str, number: int) -> None:
    with refused("InvalidArgument", 400):
        Upload(s3, bucket).put(number, b"")


def test_a_part_number_used_again_replaces_the_part(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    stale = upload.put(1, FIRST)["ETag"]
    fresh = upload.put(1, SECOND)["ETag"]
    upload.put(2, TAIL)
    assert [p["ETag"] for p in s3.list_parts(**upload.at)["Parts"]] == [fresh, etag(TAIL)]

    with refused("InvalidPart", 400):
        upload.complete([{"PartNumber": 1, "ETag": stale}, upload.parts[2]])
    upload.complete()

    assert read(s3, bucket) == SECOND + TAIL


def test_parts_left_out_of_the_list_are_left_out_of_the_object(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    for number, body in ((1, FIRST), (2, SECOND), (3, THIRD), (4, TAIL)):
        upload.put(number, body)
    answer = upload.complete([upload.parts[1], upload.parts[3]])
    assert answer["ETag"] == multipart_etag([FIRST, THIRD])
    assert read(s3, bucket) == FIRST + THIRD


def test_what_was_given_at_creation_is_the_objects(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, ContentType="video/mp4", CacheControl="max-age=1", ContentLanguage="en",
                    Metadata={"owner": "gopher"})
    upload.put(1, TAIL)
    upload.complete()
    head = s3.head_object(Bucket=bucket, Key="object")
    assert (head["ContentType"], head["CacheControl"], head["ContentLanguage"]) == ("video/mp4", "max-age=1", "en")
    assert head["Metadata"] == {"owner": "gopher"}


def test_the_object_appears_only_with_complete_and_replaces_the_one_before(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="object", Body=b"before")
    upload = Upload(s3, bucket)
    upload.put(1, TAIL)
    assert read(s3, bucket) == b"before"
    upload.complete()
    assert read(s3, bucket) == TAIL


def test_a_range_may_cross_the_border_between_parts(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, FIRST)
    upload.put(2, SECOND)
    upload.complete()
    border = len(FIRST)
    answer = s3.get_object(Bucket=bucket, Key="object", Range=f"bytes={border - 10}-{border + 9}")
    assert answer["Body"].read() == FIRST[-10:] + SECOND[:10]


def test_two_uploads_of_one_key_do_not_mix(s3: BaseClient, bucket: str) -> None:
    one, other = Upload(s3, bucket), Upload(s3, bucket)
    assert one.id != other.id
    one.put(1, b"one")
    other.put(1, b"other")
    one.complete()
    assert read(s3, bucket) == b"one"
    other.complete()
    assert read(s3, bucket) == b"other"


# --- The end of an upload --------------------------------------------------------------------------------------------


def test_after_abort_the_upload_id_is_dead(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, TAIL)

    assert upload.abort()["ResponseMetadata"]["HTTPStatusCode"] == 204

    for call in (lambda: upload.put(1, TAIL), upload.complete, lambda: s3.list_parts(**upload.at)):
        with refused("NoSuchUpload", 404) as error:
            call()
        assert error["UploadId"] == upload.id
    with refused("NoSuchKey"):
        read(s3, bucket)


def test_after_complete_the_upload_takes_no_more_parts(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, TAIL)
    upload.complete()
    for call in (lambda: upload.put(2, TAIL), lambda: s3.list_parts(**upload.at)):
        with refused("NoSuchUpload", 404):
            call()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_complete_said_twice_succeeds_twice(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, TAIL)
    first = upload.complete()
    assert upload.complete()["ETag"] == first["ETag"]


def test_an_upload_id_belongs_to_its_key_and_bucket(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    for elsewhere in ({"Key": "other"}, {"Bucket": new_bucket(s3)}):
        with refused("NoSuchUpload", 404):
            s3.upload_part(**{**upload.at, **elsewhere}, PartNumber=1, Body=TAIL)


def test_an_upload_id_is_opaque_and_128_characters_long(s3: BaseClient, bucket: str) -> None:
    name = Upload(s3, bucket).id
    assert len(name) == 128
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~")


def test_no_upload_id_looks_like_an_option_to_a_shell_command(s3: BaseClient, bucket: str) -> None:
    """`aws s3api upload-part --upload-id -x…` would not take it."""
    assert not [name for name in (Upload(s3, bucket).id for _ in range(300)) if name.startswith("-")]


def test_a_bucket_with_only_an_unfinished_upload_can_be_deleted(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, TAIL)
    s3.delete_bucket(Bucket=bucket)
    with refused("NoSuchBucket", 404):
        s3.list_multipart_uploads(Bucket=bucket)


# --- Listing ---------------------------------------------------------------------------------------------------------


def test_list_parts_pages_through_the_parts(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    for number in (1, 3, 5, 8, 9):
        upload.put(number, f"part {number}".encode())
    pages = list(s3.get_paginator("list_parts").paginate(**upload.at, PaginationConfig={"PageSize": 2}))
    assert [[p["PartNumber"] for p in page["Parts"]] for page in pages] == [[1, 3], [5, 8], [9]]
    assert [page["NextPartNumberMarker"] for page in pages] == [3, 8, 9]
    assert [p["Size"] for page in pages for p in page["Parts"]] == [6] * 5
    assert pages[0]["Parts"][0]["ETag"] == etag(b"part 1")


def test_list_parts_of_an_upload_without_parts_is_empty(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    page = s3.list_parts(**upload.at)
    assert "Parts" not in page
    assert (page["IsTruncated"], page["NextPartNumberMarker"], page["MaxParts"]) == (False, 0, 1000)
    assert page["StorageClass"] == "STANDARD"


def test_list_multipart_uploads_pages_by_key_and_then_by_age(s3: BaseClient, bucket: str) -> None:
    uploads = [Upload(s3, bucket, key) for key in ("b", "a", "b", "c", "é")]
    pages = list(s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}))
    assert [len(page["Uploads"]) for page in pages] == [2, 2, 1]
    listed = [(u["Key"], u["UploadId"]) for page in pages for u in page["Uploads"]]
    assert listed == [(uploads[i].at["Key"], uploads[i].id) for i in (1, 0, 2, 3, 4)]


def test_list_multipart_uploads_takes_prefix_and_delimiter(s3: BaseClient, bucket: str) -> None:
    for key in ("in/a", "in/b/1", "in/b/2", "out"):
        Upload(s3, bucket, key)
    page = s3.list_multipart_uploads(Bucket=bucket, Prefix="in/", Delimiter="/")
    assert [u["Key"] for u in page["Uploads"]] == ["in/a"]
    assert [p["Prefix"] for p in page["CommonPrefixes"]] == ["in/b/"]


# --- UploadPartCopy --------------------------------------------------------------------------------------------------


def test_a_part_can_be_copied_from_an_object_or_a_range_of_it(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="source +é/key", Body=FIRST + SECOND)
    upload = Upload(s3, bucket)
    source = {"Bucket": bucket, "Key": "source +é/key"}
    whole = s3.upload_part_copy(**upload.at, PartNumber=1, CopySource=source)["CopyPartResult"]
    some = s3.upload_part_copy(**upload.at, PartNumber=2, CopySource=source, CopySourceRange="bytes=5-14")
    assert whole["ETag"] == etag(FIRST + SECOND)
    assert some["CopyPartResult"]["ETag"] == etag(FIRST[5:15])

    upload.complete([{"PartNumber": 1, "ETag": whole["ETag"]},
                     {"PartNumber": 2, "ETag": some["CopyPartResult"]["ETag"]}])

    assert read(s3, bucket) == FIRST + SECOND + FIRST[5:15]


def test_a_copied_part_outlives_its_source(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=FIRST)
    upload = Upload(s3, bucket)
    tag = s3.upload_part_copy(**upload.at, PartNumber=1, CopySource=f"{bucket}/source")["CopyPartResult"]["ETag"]
    s3.delete_object(Bucket=bucket, Key="source")
    upload.complete([{"PartNumber": 1, "ETag": tag}])
    assert read(s3, bucket) == FIRST


def test_copying_from_a_missing_object_is_no_such_key(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    with refused("NoSuchKey", 404):
        s3.upload_part_copy(**upload.at, PartNumber=1, CopySource=f"{bucket}/none")


# --- Digests and checksums -------------------------------------------------------------------------------------------


def test_a_part_whose_content_md5_does_not_match_is_not_kept(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    with refused("BadDigest", 400):
        upload.put(1, b"body", ContentMD5=base64.b64encode(bytes(16)).decode())
    assert "Parts" not in s3.list_parts(**upload.at)


def test_the_default_checksum_of_a_part_is_echoed_and_checked(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    answer = upload.put(1, TAIL)
    assert answer["ChecksumCRC32"] == base64.b64encode(zlib.crc32(TAIL).to_bytes(4)).decode()
    with refused("BadDigest", 400):
        upload.put(2, TAIL, ChecksumCRC32="AAAAAA==")
    assert [p["PartNumber"] for p in s3.list_parts(**upload.at)["Parts"]] == [1]


def test_an_upload_without_an_algorithm_ends_with_a_crc64nvme(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    assert "ChecksumAlgorithm" not in upload.created
    upload.put(1, b"123456789")
    answer = upload.complete()
    assert (answer["ChecksumCRC64NVME"], answer["ChecksumType"]) == ("rosUhgp5mIg=", "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_composite_checksum_is_that_of_the_parts_checksums(s3: BaseClient, bucket: str, algorithm: str) -> None:
    import hashlib

    def checksum(body: bytes) -> bytes:
        return zlib.crc32(body).to_bytes(4) if algorithm == "CRC32" else hashlib.new(algorithm.lower(), body).digest()

    field = f"Checksum{algorithm}"
    upload = Upload(s3, bucket, ChecksumAlgorithm=algorithm)
    assert (upload.created["ChecksumAlgorithm"], upload.created["ChecksumType"]) == (algorithm, "COMPOSITE")
    for number, body in ((1, FIRST), (2, TAIL)):
        answer = upload.put(number, body, ChecksumAlgorithm=algorithm)
        assert base64.b64decode(answer[field]) == checksum(body)
        upload.parts[number][field] = answer[field]

    answer = upload.complete()

    expected = base64.b64encode(checksum(checksum(FIRST) + checksum(TAIL))).decode() + "-2"
    assert (answer[field], answer["ChecksumType"]) == (expected, "COMPOSITE")
    head = s3.head_object(Bucket=bucket, Key="object", ChecksumMode="ENABLED")
    assert (head[field], head["ChecksumType"]) == (expected, "COMPOSITE")


def test_a_full_object_checksum_is_that_of_the_whole(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.put(1, FIRST, ChecksumAlgorithm="CRC32")
    upload.put(2, TAIL, ChecksumAlgorithm="CRC32")
    answer = upload.complete()
    assert answer["ChecksumCRC32"] == base64.b64encode(zlib.crc32(FIRST + TAIL).to_bytes(4)).decode()
    assert answer["ChecksumType"] == "FULL_OBJECT"


def test_a_composite_upload_wants_each_parts_checksum_at_the_end(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, ChecksumAlgorithm="SHA256")
    upload.put(1, TAIL, ChecksumAlgorithm="SHA256")
    with refused("InvalidRequest", 400) as error:
        upload.complete()
    assert error["Message"] == (
        "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. "
        "It was missing for part 1 in the request.")


def test_a_part_with_another_algorithm_than_its_upload_is_refused(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, ChecksumAlgorithm="SHA256")
    with refused("InvalidRequest", 400) as error:
        upload.put(1, TAIL, ChecksumAlgorithm="CRC32")
    assert error["Message"] == "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32"


def test_the_parts_of_an_object_can_be_read_one_by_one(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, FIRST)
    upload.put(2, TAIL)
    upload.complete()
    answer = s3.get_object(Bucket=bucket, Key="object", PartNumber=2)
    assert (answer["Body"].read(), answer["PartsCount"]) == (TAIL, 2)
    assert answer["ContentRange"] == f"bytes {5 * MIB}-{5 * MIB + len(TAIL) - 1}/{5 * MIB + len(TAIL)}"
