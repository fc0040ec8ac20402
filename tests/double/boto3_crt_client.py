"""boto3's transfer manager over the AWS Common Runtime against one server, ENDPOINT BUCKET: as boto3_client.py.

boto3 makes it with TLS and without the client's endpoint_url, so it is made here as boto3 makes it but for these two."""

import io
import sys

import botocore.session
from s3transfer import crt

endpoint, bucket = sys.argv[1:]
endpoint = endpoint.replace("127.0.0.1", "localhost")  # the runtime takes no address for a host's name
session = botocore.session.Session()
session.set_credentials("test", "test")
settings = {"endpoint_url": endpoint, "region_name": "us-east-1"}
runtime = crt.create_s3_crt_client(
    "us-east-1", use_ssl=False, part_size=5 << 20,
    crt_credentials_provider=crt.BotocoreCRTCredentialsWrapper(session.get_credentials()).to_crt_credentials_provider())
with crt.CRTTransferManager(runtime, crt.BotocoreCRTRequestSerializer(session, dict(settings))) as transfers:
    transfers.upload(io.BytesIO(b"x" * (12 << 20)), bucket, "a stream").result()
listing = session.create_client("s3", **settings).list_objects_v2(Bucket=bucket)
print([found["Key"] for found in listing.get("Contents", [])])
