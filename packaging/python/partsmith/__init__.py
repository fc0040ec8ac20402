"""A local S3 server for tests and development: `partsmith.Server` runs the program that this package brings along.

    import partsmith

    with partsmith.Server(buckets=["films"]) as server:
        s3 = server.client()  # boto3, where it is installed
        s3.put_object(Bucket="films", Key="gopher", Body=b"...")
"""

from ._control import ControlError
from ._mock import mock_aws
from ._program import program, version
from ._server import Server, ServerError, World

__all__ = ["ControlError", "Server", "ServerError", "World", "mock_aws", "program", "version"]
__version__ = version()
