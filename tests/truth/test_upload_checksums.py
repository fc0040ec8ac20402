"""Checksums of uploads in parts: the types, their defaults, what is refused, and what the object ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from answers import Answer, Ask, error, ok, part
from facts import (AES256, CHECKSUM_HEADERS, COMPOSITE, NOT_BASE64_OF_A_CHECKSUM, OF_BAD_DATA, PLAIN, WHOLE, attributes,
                   completed, copied, created, invalid_part, listed_parts, listed_uploads, recorded, sha256)


# --- Which type goes with which algorithm -----------------------------------------------------------------------------

TYPE_AND_ALGORITHM = "create-upload-checksum-type-and-algorithm"


@recorded(*(f"{TYPE_AND_ALGORITHM}-composite-{algorithm}" for algorithm in ("crc32", "crc32c", "sha1", "sha256")),
          *(f"{TYPE_AND_ALGORITHM}-full-object-{algorithm}" for algorithm in ("crc32", "crc32c", "crc64nvme")))
@pytest.mark.parametrize("kind, algorithm", [
    ("COMPOSITE", "CRC32"), ("COMPOSITE", "CRC32C"), ("COMPOSITE", "SHA1"), ("COMPOSITE", "SHA256"),
    ("FULL_OBJECT", "CRC32"), ("FULL_OBJECT", "CRC32C"), ("FULL_OBJECT", "CRC64NVME")])
def test_the_type_goes_with_the_algorithm(ask: Ask, kind: str, algorithm: str) -> None:
    key = "test-multipart-checksum-compat"
    assert ask.create_multipart_upload(Key=key, ChecksumAlgorithm=algorithm, ChecksumType=kind) == created(
        ask.bucket, key, ChecksumAlgorithm=algorithm, ChecksumType=kind)


@recorded(f"{TYPE_AND_ALGORITHM}-composite-crc64nvme", f"{TYPE_AND_ALGORITHM}-full-object-sha1",
          f"{TYPE_AND_ALGORITHM}-full-object-sha256")
@pytest.mark.parametrize("kind, algorithm", [("COMPOSITE", "CRC64NVME"), ("FULL_OBJECT", "SHA1"),
                                             ("FULL_OBJECT", "SHA256")])
def test_the_type_does_not_go_with_the_algorithm(ask: Ask, kind: str, algorithm: str) -> None:
    answer = ask.create_multipart_upload(Key="test-multipart-checksum-compat", ChecksumAlgorithm=algorithm,
                                         ChecksumType=kind)
    assert answer == error(400, "InvalidRequest", f"The {kind} checksum type cannot be used with the "
                                                  f"{algorithm.lower()} checksum algorithm.")


@recorded(*(f"create-upload-default-checksum-type-{algorithm}"
            for algorithm in ("crc32", "crc32c", "sha1", "sha256", "crc64nvme")))
@pytest.mark.parametrize("algorithm, default", [("CRC32", "COMPOSITE"), ("CRC32C", "COMPOSITE"), ("SHA1", "COMPOSITE"),
                                                ("SHA256", "COMPOSITE"), ("CRC64NVME", "FULL_OBJECT")])
def test_the_type_by_default(ask: Ask, algorithm: str, default: str) -> None:
    key = "test-multipart-checksum-default"
    assert ask.create_multipart_upload(Key=key, ChecksumAlgorithm=algorithm) == created(
        ask.bucket, key, ChecksumAlgorithm=algorithm, ChecksumType=default)


# --- From parts to object ---------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Sums:
    """Checksums of the bodies below by one algorithm."""

    big: str
    """Of 5242881 times "a"."""
    tail: str
    """Of 10 times "a"."""
    whole: str
    """Of the three parts one after another."""
    composite: str
    """Of the checksums of the three parts."""
    wrong: str
    """Of "bbb"."""


SUMS = {
    "CRC32": Sums("NRU+Sw==", "TBHN8A==", "qSEQSA==", "5FRUiw==", "QGXPDQ=="),
    "CRC32C": Sums("2/Ckiw==", "5yZkMA==", "eTdAQA==", "XF5+4A==", "Lg58xw=="),
    "SHA1": Sums("bH71WIZUKQtUwR2wKSSkFjCRBPM=", "NJX/adNGcdHhWzOmPBN5/e3Toyo=", "eIC+AqBqApUmeqCBQ+9n8OVTP+8=",
                 "AyE60nyQoBgJcwsyPHWu7aJuxBs=", "XLE4KE1DGr1qBTpWYl7AiL+4iRI="),
    "SHA256": Sums("DjU70AB1bON8k0n0fVHv2PJQVWcA/jWsITp6ti20Tbs=", "vyy1imj2hNlaO3jvj2Ycmk5bCegsyPnMiMzpBSjK6yc=",
                   "0+991zqhqOQ5J2EdwChmHIeC1dXXuJzaCritTzqVGDw=", "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=",
                   "PnRLncOTibrwxaBmBYm4QC89u0m4mz518sk1WFKjxnc="),
    "CRC64NVME": Sums("Kg7TOs6algM=", "DBqAA21lxVU=", "ZMNX55lZurA=", "", "T+DOAYWjqTs="),
}
KEY = "test-multipart-checksum"
BIG = b"a" * 5_242_881
TAIL = b"a" * 10
BIG_ETAG = '"c4c753e69bb853187f5854c46cf801c6"'
TAIL_ETAG = '"e09c80c42fda55f9d992e59ca6b3307d"'
ETAG = '"4d45984fc3feb2ac9b22683c49674b56-3"'
MD5 = "a0397ee2df08832642af5d7e57c5760c"


class ThreeParts:
    """An upload of two big parts and a tail, whose answers up to its completion are those recorded."""

    def __init__(self, ask: Ask, algorithm: str, kind: str):
        self.ask = ask
        self.sums = SUMS[algorithm]
        self.checksum = CHECKSUM_HEADERS[algorithm]
        declared = {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
        answer = ask.create_multipart_upload(Key=KEY, **declared)
        assert answer == created(ask.bucket, KEY, **declared)
        self.upload = {"Key": KEY, "UploadId": answer["UploadId"]}

        bodies = [(BIG, BIG_ETAG, self.sums.big), (BIG, BIG_ETAG, self.sums.big), (TAIL, TAIL_ETAG, self.sums.tail)]
        self.parts: list[Answer] = []
        for number, (body, etag, checksum) in enumerate(bodies, 1):
            answer = ask.upload_part(**self.upload, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
            assert answer == ok(ETag=etag, **{self.checksum: checksum}, **AES256)
            self.parts.append(answer)
        assert ask.list_parts(**self.upload) == listed_parts(
            ask.bucket, self.upload, *({"ETag": etag, "Size": len(body), self.checksum: checksum}
                                       for body, etag, checksum in bodies), **declared)

        wrong = [{**listed, self.checksum: self.sums.wrong} for listed in self.list()]
        refused = ask.complete(self.upload, wrong)
        # Which of several wrong parts Amazon S3 names differs from run to run; its ETag is the named part's.
        number = int(refused["Error"]["PartNumber"]) if refused["status"] == 400 else 1
        etag = bodies[number - 1][1].strip('"')
        assert refused == invalid_part(self.upload["UploadId"], str(number), etag)

    def list(self, *checksums: str) -> list[dict[str, Any]]:
        return [part(number, answer, *checksums) for number, answer in enumerate(self.parts, 1)]

    def check_object(self, checksum: dict[str, str]) -> None:
        whole = ok(ETag=ETAG, ContentLength=10_485_772, **checksum, **PLAIN)
        assert self.ask.get_object(Key=KEY, ChecksumMode="ENABLED") == {**whole, "Body": BIG + BIG + TAIL}
        assert self.ask.head_object(Key=KEY, ChecksumMode="ENABLED") == whole

    def check_copy(self) -> None:
        """The copy is a plain object: its checksum is of the whole, by the same algorithm."""
        checksum = {self.checksum: self.sums.whole, **WHOLE}
        source = {"Bucket": self.ask.bucket, "Key": KEY}
        assert self.ask.copy_object(Key="mpu-copy-checksum", CopySource=source) == copied(f'"{MD5}"', **checksum)
        assert self.attributes("mpu-copy-checksum") == attributes(ETag=MD5, Checksum=checksum)

    def attributes(self, key: str = KEY) -> Answer:
        return self.ask.get_object_attributes(Key=key, ObjectAttributes=["Checksum", "ETag", "ObjectParts"])

    def check_last_part(self, checksum: dict[str, str]) -> None:
        assert self.ask.get_object(Key=KEY, PartNumber=3, ChecksumMode="ENABLED") == ok(
            206, Body=TAIL, ETag=ETAG, ContentLength=10, ContentRange="bytes 10485762-10485771/10485772", PartsCount=3,
            **checksum, **PLAIN)


@recorded(*(f"multipart-checksum-composite-{algorithm}" for algorithm in ("crc32", "crc32c", "sha1", "sha256")))
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256"])
def test_a_composite_checksum_needs_and_shows_those_of_the_parts(ask: Ask, algorithm: str) -> None:
    upload = ThreeParts(ask, algorithm, "COMPOSITE")
    sums, checksum = upload.sums, upload.checksum
    assert ask.complete(upload.upload, upload.list()) == error(
        400, "InvalidRequest",
        f"The upload was created using a {algorithm.lower()} checksum. The complete request must include the checksum "
        "for each part. It was missing for part 1 in the request.")

    of_object = {checksum: f"{sums.composite}-3", **COMPOSITE}
    assert ask.complete(upload.upload, upload.list(checksum)) == completed(ask.bucket, KEY, ETAG, **of_object)
    upload.check_object(of_object)
    assert upload.attributes() == attributes(
        ETag=ETAG.strip('"'), Checksum={checksum: sums.composite, **COMPOSITE},
        ObjectParts={"TotalPartsCount": 3, "IsTruncated": False, "MaxParts": 1000, "PartNumberMarker": 0,
                     "NextPartNumberMarker": 3,
                     "Parts": [{"PartNumber": 1, "Size": 5_242_881, checksum: sums.big},
                               {"PartNumber": 2, "Size": 5_242_881, checksum: sums.big},
                               {"PartNumber": 3, "Size": 10, checksum: sums.tail}]})
    upload.check_copy()
    upload.check_last_part({checksum: sums.tail, **COMPOSITE})


@recorded(*(f"multipart-checksum-full-object-{algorithm}" for algorithm in ("crc32", "crc32c", "crc64nvme")))
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_a_full_object_checksum_needs_and_shows_none_of_the_parts(ask: Ask, algorithm: str) -> None:
    upload = ThreeParts(ask, algorithm, "FULL_OBJECT")
    checksum = {upload.checksum: upload.sums.whole}
    answer = ask.complete(upload.upload, upload.list(), ChecksumType="FULL_OBJECT", **checksum)
    assert answer == completed(ask.bucket, KEY, ETAG, **checksum, **WHOLE)
    upload.check_object({**checksum, **WHOLE})
    assert upload.attributes() == attributes(
        ETag=ETAG.strip('"'), Checksum={**checksum, **WHOLE}, ObjectParts={"TotalPartsCount": 3})
    upload.check_copy()
    upload.check_last_part({})


@recorded("multipart-checksum-crc64nvme-all-defaults")
def test_crc64nvme_of_one_small_part(ask: Ask) -> None:
    created_upload = ask.create_multipart_upload(Key=KEY, ChecksumAlgorithm="CRC64NVME")
    assert created_upload == created(ask.bucket, KEY, ChecksumAlgorithm="CRC64NVME", **WHOLE)
    upload = {"Key": KEY, "UploadId": created_upload["UploadId"]}
    checksum = {"ChecksumCRC64NVME": "Rnr2/5P7Gsk="}
    first = ask.upload_part(**upload, PartNumber=1, Body=b"aaa", ChecksumAlgorithm="CRC64NVME")
    assert first == ok(ETag='"47bce5c74f589f4867dbd57e9ca9f808"', **checksum, **AES256)

    etag = "e2c3da976e66ec9e7dc128fbc782fc91-1"
    checksum |= WHOLE
    assert ask.complete(upload, [part(1, first, "ChecksumCRC64NVME")]) == completed(
        ask.bucket, KEY, f'"{etag}"', **checksum)
    whole = ok(ETag=f'"{etag}"', ContentLength=3, **checksum, **PLAIN)
    assert ask.get_object(Key=KEY, ChecksumMode="ENABLED") == {**whole, "Body": b"aaa"}
    assert ask.head_object(Key=KEY, ChecksumMode="ENABLED") == whole
    assert ask.get_object_attributes(Key=KEY, ObjectAttributes=["Checksum", "ETag", "ObjectParts"]) == attributes(
        ETag=etag, Checksum=checksum, ObjectParts={"TotalPartsCount": 1})


@recorded("upload-part-copy-checksum-composite", "upload-part-copy-checksum-full-object")
@pytest.mark.parametrize("kind, of_object", [("COMPOSITE", "F9bAnw==-1"), ("FULL_OBJECT", "iqJrOQ==")])
def test_a_copied_part_gets_the_uploads_algorithm(ask: Ask, kind: str, of_object: str) -> None:
    md5 = '"11df95d595559285eb2b042124e74f09"'
    assert ask.put_object(Key="test-part-checksum", Body=b"this is a part") == ok(
        ETag=md5, ChecksumCRC32="nG7pIA==", **WHOLE, **AES256)
    declared = {"ChecksumAlgorithm": "CRC32C", "ChecksumType": kind}
    answer = ask.create_multipart_upload(Key=KEY, **declared)
    assert answer == created(ask.bucket, KEY, **declared)
    upload = {"Key": KEY, "UploadId": answer["UploadId"]}

    of_part = {"ChecksumCRC32C": "iqJrOQ=="}
    answer = ask.upload_part_copy(**upload, PartNumber=1,
                                  CopySource={"Bucket": ask.bucket, "Key": "test-part-checksum"})
    result = copied(md5, **of_part)
    assert answer == {"CopyPartResult": result.pop("CopyObjectResult"), **result}
    assert ask.list_parts(**upload) == listed_parts(
        ask.bucket, upload, {"ETag": md5, "Size": 14, **of_part}, **declared)

    etag = "395d97c07920de036bfa21e7568a2e9f-1"
    checksum = {"ChecksumCRC32C": of_object, "ChecksumType": kind}
    assert ask.complete(upload, [part(1, answer["CopyPartResult"], "ChecksumCRC32C")]) == completed(
        ask.bucket, KEY, f'"{etag}"', **checksum)
    whole = ok(ETag=f'"{etag}"', ContentLength=14, **checksum, **PLAIN)
    assert ask.get_object(Key=KEY, ChecksumMode="ENABLED") == {**whole, "Body": b"this is a part"}
    assert ask.head_object(Key=KEY, ChecksumMode="ENABLED") == whole

    object_parts: dict[str, Any] = {"TotalPartsCount": 1}
    if kind == "COMPOSITE":
        object_parts |= {"IsTruncated": False, "MaxParts": 1000, "PartNumberMarker": 0, "NextPartNumberMarker": 1,
                         "Parts": [{"PartNumber": 1, "Size": 14, **of_part}]}
    assert ask.get_object_attributes(Key=KEY, ObjectAttributes=["Checksum", "ETag", "ObjectParts"]) == attributes(
        ETag=etag, Checksum={**checksum, "ChecksumCRC32C": of_object.removesuffix("-1")}, ObjectParts=object_parts)


# --- What is refused --------------------------------------------------------------------------------------------------

@recorded(*(f"upload-part-wrong-checksum-{algorithm.lower()}" for algorithm in CHECKSUM_HEADERS))
@pytest.mark.parametrize("algorithm", CHECKSUM_HEADERS)
def test_a_part_with_a_wrong_checksum_is_refused(ask: Ask, algorithm: str) -> None:
    upload = ask.begin("test-multipart-checksum-default")

    def put(checksum: str) -> Answer:
        return ask.upload_part(**upload, PartNumber=1, Body=b"right body", ChecksumAlgorithm=algorithm,
                               **{CHECKSUM_HEADERS[algorithm]: checksum})

    assert put(NOT_BASE64_OF_A_CHECKSUM) == error(
        400, "InvalidRequest", f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.")
    assert put(OF_BAD_DATA[algorithm]) == error(
        400, "BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")


@recorded("multipart-checksum-errors-composite")
def test_checksums_that_contradict_the_upload_are_refused(ask: Ask) -> None:
    key = "test-multipart-checksum-exc"
    assert ask.create_multipart_upload(Key=key, ChecksumAlgorithm="TEST") == error(
        400, "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid "
                               "types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
    assert ask.create_multipart_upload(Key=key, ChecksumType="COMPOSITE") == error(
        400, "InvalidRequest",
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")

    declared = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "COMPOSITE"}
    answer = ask.create_multipart_upload(Key=key, **declared)
    assert answer == created(ask.bucket, key, **declared)
    upload = {"Key": key, "UploadId": answer["UploadId"]}
    assert ask.list_multipart_uploads() == listed_uploads(ask.bucket, upload, **declared)
    first = ask.upload_part(**upload, PartNumber=1, Body=b"abc")
    assert first == ok(ETag='"900150983cd24fb0d6963f7d28e17f72"', ChecksumCRC32="NSRBwg==", **AES256)
    # The right checksum, but not of the upload's algorithm.
    assert ask.complete(upload, [{**part(1, first), "ChecksumSHA256": sha256(b"abc")}]) == error(
        400, "BadDigest", "The sha256 you specified for part 1 did not match what we received.")
    # The part's checksum is missing too: the type is what is told.
    assert ask.complete(upload, [part(1, first)], ChecksumType="FULL_OBJECT") == error(
        400, "InvalidRequest", "The upload was created using the COMPOSITE checksum mode. The complete request must "
                               "use the same checksum mode.")

    answer = ask.create_multipart_upload(Key=key, ChecksumAlgorithm="SHA256")
    assert answer == created(ask.bucket, key, ChecksumAlgorithm="SHA256", **COMPOSITE)
    assert ask.upload_part(Key=key, UploadId=answer["UploadId"], PartNumber=1, Body=b"abc") == error(
        400, "InvalidRequest",
        "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32")


# --- The part of an object that has one -------------------------------------------------------------------------------

def get_part(ask: Ask, kind: str, of_object: str) -> None:
    """A part that is the whole object shows its checksum, of either type."""
    key, body = "test-multipart-checksum", b"test content 123"
    algorithm = {"ChecksumAlgorithm": "CRC32C", "ChecksumType": kind}
    answer = ask.create_multipart_upload(Key=key, **algorithm)
    assert answer == created(ask.bucket, key, **algorithm)
    upload = {"Key": key, "UploadId": answer["UploadId"]}
    first = ask.upload_part(**upload, PartNumber=1, Body=body, ChecksumAlgorithm="CRC32C")
    assert first == ok(ETag='"eee506dd7ada7ded524c77e359a0e7c6"', ChecksumCRC32C="fwuu0Q==", **AES256)
    etag = '"b972025bc34adf8d76d6d51e93c035cc-1"'
    assert ask.complete(upload, [part(1, first, "ChecksumCRC32C")]) == completed(
        ask.bucket, key, etag, ChecksumCRC32C=of_object, ChecksumType=kind)
    read = {"Key": key, "PartNumber": 1, "ChecksumMode": "ENABLED"}
    head = ok(206, **PLAIN, ETag=etag, ContentLength=16, ContentRange="bytes 0-15/16", PartsCount=1,
              ChecksumCRC32C="fwuu0Q==", ChecksumType=kind)
    assert ask.head_object(**read) == head
    assert ask.get_object(**read) == {**head, "Body": body}


@recorded("get-part-checksum-composite")
def test_the_only_part_of_a_composite_checksum_shows_its_own(ask: Ask) -> None:
    get_part(ask, "COMPOSITE", "sZB91Q==-1")


@recorded("get-part-checksum-full-object")
def test_the_only_part_of_a_full_object_checksum_shows_it(ask: Ask) -> None:
    get_part(ask, "FULL_OBJECT", "fwuu0Q==")


@recorded("multipart-checksum-errors-full-object")
def test_a_checksum_of_the_full_object_counts_beside_its_type(ask: Ask) -> None:
    key = "test-multipart-checksum-exc"
    assert ask.create_multipart_upload(Key=key, ChecksumType="FULL_OBJECT") == error(
        400, "InvalidRequest",
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
    algorithm = {"ChecksumAlgorithm": "CRC32C", "ChecksumType": "FULL_OBJECT"}
    answer = ask.create_multipart_upload(Key=key, **algorithm)
    assert answer == created(ask.bucket, key, **algorithm)
    upload = {"Key": key, "UploadId": answer["UploadId"]}
    assert ask.list_multipart_uploads() == listed_uploads(ask.bucket, upload, **algorithm)
    first = ask.upload_part(**upload, PartNumber=1, Body=b"abc", ChecksumAlgorithm="CRC32C")
    assert first == ok(ETag='"900150983cd24fb0d6963f7d28e17f72"', ChecksumCRC32C="Nks/tw==", **AES256)

    def complete(**checksum: str) -> Answer:
        return ask.complete(upload, [part(1, first, "ChecksumCRC32C")], **checksum)

    assert complete(ChecksumType="COMPOSITE") == error(
        400, "InvalidRequest", "The upload was created using the FULL_OBJECT checksum mode. The complete request must "
                               "use the same checksum mode.")
    mismatch = error(400, "BadDigest", "The crc32c you specified did not match the calculated checksum.")
    assert complete(ChecksumCRC32C="ZpGMMA==-1") == mismatch
    assert complete(ChecksumCRC32C="Nks/tw==") == mismatch  # right, but without its type
    assert complete(ChecksumCRC64NVME="BeXKuz/B+us=") == mismatch
    assert complete(ChecksumType="FULL_OBJECT", ChecksumCRC32C="+5yBMA==") == mismatch
    assert complete(ChecksumType="FULL_OBJECT", ChecksumCRC32="yeCtCw==") == mismatch
    assert complete(ChecksumType="FULL_OBJECT", ChecksumCRC32C="Nks/tw==") == completed(
        ask.bucket, key, '"af5da9f45af7a300e3aded972f8ff687-1"', ChecksumCRC32C="Nks/tw==", **WHOLE)

    other = ask.begin(key, **algorithm)
    assert ask.upload_part(**other, PartNumber=1, Body=b"abc", ChecksumAlgorithm="CRC32") == error(
        400, "InvalidRequest",
        "Checksum Type mismatch occurred, expected checksum Type: crc32c, actual checksum Type: crc32")
