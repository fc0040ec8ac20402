"""Buckets and their regions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from support.plain_http import send
from support.server import Server

from answers import A_TIME, AN_ID, Answer, Ask, error, from_http, ok
from facts import OWNER, listed, no_such_bucket, recorded


@pytest.fixture
def in_region(boto3_as: Callable[..., BaseClient]) -> Callable[[str], Ask]:
    """Asks as a client of this region does: S3 knows the region by the endpoint, we by what the client signs for."""
    return lambda region: Ask(boto3_as(region=region))


MALFORMED = error(400, "MalformedXML",
                  "The XML you provided was not well-formed or did not validate against our published schema")


def name() -> str:
    return f"bucket-{uuid.uuid4().hex}"


def create(ask: Ask, bucket: str, *location: str | None) -> Answer:
    """Without a configuration, with an empty one (None), or with this location."""
    params: dict[str, Any] = {}
    if location:
        params["CreateBucketConfiguration"] = {"LocationConstraint": location[0]} if location[0] else {}
    return ask.create_bucket(Bucket=bucket, **params)


def no_location(location: str) -> Answer:
    return error(400, "InvalidLocationConstraint", "The specified location-constraint is not valid",
                 LocationConstraint=location)


def illegal_location(location: str) -> Answer:
    return error(400, "IllegalLocationConstraintException",
                 f"The {location} location constraint is incompatible for the region specific endpoint this request "
                 "was sent to.")


def head(bucket: str, region: str) -> Answer:
    return ok(BucketArn=f"arn:aws:s3:::{bucket}", BucketRegion=region, AccessPointAlias=False)


@recorded("create-bucket-invalid-location-us-east-1-us-east-1", "create-bucket-invalid-location-us-east-1-foo",
          "create-bucket-invalid-location-eu-west-1-bar", "create-bucket-aws-global-us-east-1",
          "create-bucket-aws-global-us-west-1")
@pytest.mark.parametrize("region, location, refused", [
    ("us-east-1", "us-east-1", no_location), ("us-east-1", "foo", no_location),
    ("us-east-1", "aws-global", no_location),
    ("eu-west-1", "bar", illegal_location), ("us-west-1", "aws-global", illegal_location)])
def test_a_location_that_is_none(in_region: Callable[[str], Ask], region: str, location: str,
                                 refused: Callable[[str], Answer]) -> None:
    assert create(in_region(region), name(), location) == refused(location)


@recorded("bucket-location-constraints")
def test_a_region_makes_its_own_buckets_and_us_east_1_those_of_all(in_region: Callable[[str], Ask]) -> None:
    east_1, east_2, west_1 = (in_region(region) for region in ("us-east-1", "us-east-2", "us-west-1"))
    bucket = name()
    assert create(east_1, bucket)["status"] == 200
    assert east_1.get_bucket_location(Bucket=bucket) == ok(LocationConstraint=None)
    assert create(east_1, name(), "us-east-1") == no_location("us-east-1")
    bucket = name()
    assert create(east_1, bucket, None) == ok(BucketArn=f"arn:aws:s3:::{bucket}", Location=f"/{bucket}")

    bucket = name()
    assert create(east_2, bucket, "us-east-2")["status"] == 200
    assert east_2.get_bucket_location(Bucket=bucket) == ok(LocationConstraint="us-east-2")
    assert create(east_2, name()) == illegal_location("unspecified")
    assert create(east_2, name(), None) == illegal_location("unspecified")
    assert create(east_2, name(), "us-west-1") == illegal_location("us-west-1")
    assert create(west_1, name(), "us-east-2") == illegal_location("us-east-2")
    assert create(west_1, name(), "us-east-1") == illegal_location("us-east-1")

    # boto3 adds the empty constraint.
    assert east_1.get_bucket_location(Bucket="random-bucket-test-3f1c") == no_such_bucket(
        "random-bucket-test-3f1c", LocationConstraint=None)


@recorded("create-bucket-eu")
def test_the_old_name_of_eu_west_1_comes_back(in_region: Callable[[str], Ask]) -> None:
    ireland = in_region("eu-west-1")
    bucket = name()
    assert create(ireland, bucket, "EU")["status"] == 200
    assert ireland.get_bucket_location(Bucket=bucket) == ok(LocationConstraint="EU")
    assert ireland.list_buckets(Prefix=bucket) == ok(
        Prefix=bucket, Owner=OWNER,
        Buckets=[{"Name": bucket, "BucketArn": f"arn:aws:s3:::{bucket}", "BucketRegion": "eu-west-1",
                  "CreationDate": A_TIME}])


@recorded("create-and-head-bucket")
def test_what_creation_and_head_tell_of_a_bucket(in_region: Callable[[str], Ask]) -> None:
    ask = in_region("us-east-1")
    buckets = {name(): "us-east-1", name(): "eu-central-1"}
    here, elsewhere = buckets
    assert create(ask, here) == ok(BucketArn=f"arn:aws:s3:::{here}", Location=f"/{here}")
    assert create(ask, elsewhere, "eu-central-1") == ok(
        BucketArn=f"arn:aws:s3:::{elsewhere}", Location=f"http://{elsewhere}.s3.amazonaws.com/")
    for bucket, region in buckets.items():
        assert ask.head_bucket(Bucket=bucket) == head(bucket, region)
        told = Answer((name, value) for name, value in ask.headers.items()
                      if name.startswith("x-amz") or name == "content-type")
        assert told == Answer({
            "content-type": "application/xml", "x-amz-access-point-alias": "false",
            "x-amz-bucket-arn": f"arn:aws:s3:::{bucket}", "x-amz-bucket-region": region, "x-amz-id-2": AN_ID,
            "x-amz-request-id": AN_ID})
    assert ask.head_bucket(Bucket="does-not-exist-3f1c") == error(404, "404", "Not Found")


@recorded("head-bucket-of-other-region")
def test_the_region_of_a_bucket_is_told_to_clients_of_another(in_region: Callable[[str], Ask]) -> None:
    ask = in_region("us-east-1")
    bucket = name()
    create(ask, bucket, "us-west-2")
    assert ask.head_bucket(Bucket=bucket) == head(bucket, "us-west-2")
    assert ask.headers["x-amz-bucket-region"] == "us-west-2"
    assert ask.list_objects_v2(Bucket=bucket) == listed(bucket, [])
    assert ask.headers["x-amz-bucket-region"] == "us-west-2"
    bucket = name()
    create(ask, bucket)
    ask.head_bucket(Bucket=bucket)
    assert ask.headers["x-amz-bucket-region"] == "us-east-1"


@recorded("create-bucket-uppercase-name")
def test_a_name_in_upper_case_is_none(in_region: Callable[[str], Ask]) -> None:
    assert create(in_region("us-east-1"), "TESTUPPERCASE-3f1c") == error(
        400, "InvalidBucketName", "The specified bucket is not valid.", BucketName="TESTUPPERCASE-3f1c")


@recorded("create-bucket-existing-name")
@pytest.mark.parametrize("again", ["us-west-1", "us-east-2"])
def test_a_bucket_that_one_owns_is_not_made_again(in_region: Callable[[str], Ask], again: str) -> None:
    ask = in_region("us-east-1")
    bucket = name()
    create(ask, bucket, "us-west-1")
    assert create(ask, bucket, again) == error(
        409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already "
                                        "own it.", BucketName=bucket)


@recorded("list-missing-bucket")
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_a_bucket_that_is_not_there_cannot_be_listed(boto3_as: Callable[..., BaseClient], server: Server,
                                                     localhost_names: None, style: str) -> None:
    bucket = "bucket-does-not-exist-3f1c"
    ask = Ask(boto3_as(host="localhost", s3={"addressing_style": style}))
    assert ask.list_objects(Bucket=bucket) == no_such_bucket(bucket)
    host, path = (f"{bucket}.localhost", "") if style == "virtual" else ("localhost", bucket)
    assert send("GET", f"http://{host}:{server.port}/{path}").status == 404


@recorded("delete-versioned-bucket-until-empty")
def test_a_bucket_is_empty_when_its_last_delete_marker_is_gone(ask: Ask) -> None:
    key = "test-delete-versioned"
    assert ask.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}) == ok()
    version = ask.put_object(Key=key, Body=b"test-delete")["VersionId"]
    marker = ask.delete_object(Key=key)["VersionId"]
    not_empty = error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions "
                                             "in the bucket.", BucketName=ask.bucket)
    assert ask.delete_bucket() == not_empty
    assert ask.delete_object(Key=key, VersionId=version) == ok(204, VersionId=version)
    assert ask.delete_bucket() == not_empty
    assert ask.delete_object(Key=key, VersionId=marker) == ok(204, VersionId=marker, DeleteMarker=True)
    assert ask.delete_bucket() == ok(204)


@recorded("ownership-controls-put-get-delete")
def test_ownership_controls_that_were_deleted_are_not_the_default(ask: Ask) -> None:
    def controls(ownership: str) -> dict[str, Any]:
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}

    assert ask.get_bucket_ownership_controls() == ok(**controls("BucketOwnerEnforced"))
    assert ask.put_bucket_ownership_controls(**controls("ObjectWriter")) == ok()
    assert ask.get_bucket_ownership_controls() == ok(**controls("ObjectWriter"))
    assert ask.delete_bucket_ownership_controls() == ok(204)
    assert ask.get_bucket_ownership_controls() == error(
        404, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found", BucketName=ask.bucket)
    assert ask.delete_bucket_ownership_controls() == ok(204)
    bucket = name()
    ask.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerPreferred")
    assert ask.get_bucket_ownership_controls(Bucket=bucket) == ok(**controls("BucketOwnerPreferred"))


@recorded("request-payment", "request-payment-errors")
def test_who_pays_is_kept(ask: Ask) -> None:
    def put(payer: str, **where: str) -> Answer:
        return ask.put_bucket_request_payment(RequestPaymentConfiguration={"Payer": payer}, **where)

    assert ask.get_bucket_request_payment() == ok(Payer="BucketOwner")
    assert put("Requester") == ok()
    assert ask.get_bucket_request_payment() == ok(Payer="Requester")
    assert put("Random") == MALFORMED
    missing = f"fake-bucket-{uuid.uuid4().hex}"
    assert put("Requester", Bucket=missing) == no_such_bucket(missing)


@recorded("accelerate-invalid-status-and-dotted-bucket")
def test_a_wrong_acceleration_is_refused_and_dots_before_it(ask: Ask) -> None:
    def put(status: str, **where: str) -> Answer:
        return ask.put_bucket_accelerate_configuration(AccelerateConfiguration={"Status": status}, **where)

    assert put("enabled") == MALFORMED
    assert put("random") == MALFORMED
    dotted = f"test.bucket.{uuid.uuid4()}"
    assert ask.create_bucket(Bucket=dotted)["status"] == 200
    assert put("random", Bucket=dotted) == error(
        400, "InvalidRequest", "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")


def test_an_acceleration_is_kept(ask: Ask) -> None:
    assert ask.get_bucket_accelerate_configuration() == ok()
    for status in ("Enabled", "Suspended"):
        assert ask.put_bucket_accelerate_configuration(AccelerateConfiguration={"Status": status}) == ok()
        assert ask.get_bucket_accelerate_configuration() == ok(Status=status)


# --- Preflights without rules -----------------------------------------------------------------------------------------

def preflight(server: Server, bucket: str, **headers: str) -> Answer:
    """OPTIONS of a key, as nobody in particular."""
    return from_http(send("OPTIONS", f"{server.url}/{bucket}/test-cors-options", headers={
        header.replace("_", "-"): value for header, value in headers.items()}))


def refused(status: int, code: str, message: str, **fields: str) -> Answer:
    return error(status, code, message, RequestId=AN_ID, HostId=AN_ID, **fields)


@recorded("cors-preflight-without-configuration")
def test_a_preflight_of_a_bucket_without_rules_is_forbidden(ask: Ask, server: Server) -> None:
    def forbidden(method: str) -> Answer:
        return refused(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", Method=method,
                         ResourceType="BUCKET")

    assert preflight(server, ask.bucket) == refused(
        400, "BadRequest", "Insufficient information. Origin request header needed.")
    assert preflight(server, ask.bucket, Origin="whatever", Access_Control_Request_Method="PUT") == forbidden("PUT")
    assert preflight(server, ask.bucket, Origin="whatever") == forbidden("OPTIONS")


@recorded("cors-preflight-missing-bucket")
def test_a_preflight_of_a_missing_bucket_is_forbidden_too(server: Server) -> None:
    bucket = f"fake-bucket-{uuid.uuid4()}"
    assert preflight(server, bucket) == refused(
        400, "BadRequest", "Insufficient information. Origin request header needed.")
    assert preflight(server, bucket, Origin="whatever") == refused(
        403, "AccessForbidden", "CORSResponse: Bucket not found", Method="OPTIONS", ResourceType="BUCKET")
