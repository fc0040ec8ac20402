"""boto3 against one server, ENDPOINT BUCKET: its transfer manager sends 12 MiB in three parts, then it prints what the bucket lists."""

import io
import sys

import boto3
from boto3.s3.transfer import TransferConfig

endpoint, bucket = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, preferred_transfer_client="classic")
s3.upload_fileobj(io.BytesIO(b"x" * (12 << 20)), bucket, "a stream", Config=config)
print([found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])])
