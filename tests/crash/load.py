"""Seeded clients that upload, complete, overwrite, copy, abort and delete until their server is gone."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from oracle import ABSENT, Oracle, Register, Upload
from signed import Answer, Connection, Unanswered
from support.data import KIB, SMALLEST_PART

BUCKET = "crashes"
BASE = "base"
"""An object whose first bytes are a part that is big enough to be followed by another."""
SHARED_KEYS = ["shared/a", "shared/b"]
OWN_KEYS = 6
SIZES = [0, 10, 5000, 8 * KIB, 8 * KIB + 1, 30_000, 100_000, 300_000, 1024 * KIB]
"""Small ones live in the database, others in files."""


def digest(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


def base_body() -> bytes:
    return random.Random("base").randbytes(SMALLEST_PART)


class Client:
    """One connection's work. Keys of its own, and keys that it shares with others."""

    def __init__(self, oracle: Oracle, port: int, name: str, seed: str):
        self.oracle = oracle
        self.connection = Connection(port)
        self.random = random.Random(seed)
        self.name = name
        self.own = [f"{name}/{index}" for index in range(OWN_KEYS)]
        self.acknowledged = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        steps: list[tuple[int, Callable[[], None]]] = [
            (6, self.put), (3, self.put_shared), (2, self.delete), (2, self.copy), (2, self.refused_put),
            (8, self.put_part), (3, self.complete), (2, self.abort), (1, self.refused_part), (1, self.big_upload)]
        try:
            while True:
                self.random.choices([step for _, step in steps], [weight for weight, _ in steps])[0]()
        except Unanswered:
            pass  # the server was killed, as is the plan
        except BaseException as error:  # noqa: BLE001  (told by whoever joins the thread)
            self.failure = error
        finally:
            self.connection.close()

    # What is asked ----------------------------------------------------------------------------------------------------

    def put(self) -> None:
        self._put(self.random.choice(self.own))

    def put_shared(self) -> None:
        self._put(self.random.choice(SHARED_KEYS))

    def delete(self) -> None:
        key = self.random.choice(self.own + SHARED_KEYS)
        register = self.oracle.key(key)
        finds_nothing = key in self.own and register.latest().value is ABSENT
        with self._writing(register, ABSENT, register.latest().began if finds_nothing else None):
            self._send(204, "DELETE", key)

    def copy(self) -> None:
        """Of an own key, so that what is copied is known."""
        source, key = self.random.choice(self.own), self.random.choice(self.own)
        (value,) = self.oracle.key(source).possible()
        if value is ABSENT or source == key:
            return
        content = value[0]
        with self._writing(self.oracle.key(key), (content, content)):
            self._send(200, "PUT", key, headers={"x-amz-copy-source": f"/{BUCKET}/{source}"})

    def refused_put(self) -> None:
        """None of these may ever be seen: no attempt is noted."""
        body = self._body()
        other = base64.b64encode(hashlib.md5(body + b"!").digest()).decode()
        self._send(400, "PUT", self.random.choice(self.own), body=body, headers={"content-md5": other})
        self._send(412, "PUT", BASE, body=body, headers={"if-none-match": "*"})

    def put_part(self) -> None:
        upload = self._some_upload()
        number, body = self.random.randint(1, 4), self._body()
        with self._writing(self.oracle.part(upload, number), digest(body)):
            self._send(200, "PUT", upload.key, {"partNumber": str(number), "uploadId": upload.id}, body)

    def refused_part(self) -> None:
        ended = [upload for upload in self._uploads() if upload.open.possible() == {False}]
        if ended:
            upload = self.random.choice(ended)
            self._send(404, "PUT", upload.key, {"partNumber": "1", "uploadId": upload.id}, self._body())

    def complete(self) -> None:
        """Of one part, which may be of any size; the upload's other parts are to go."""
        upload = self._some_upload()
        present = {number: value for number, part in upload.parts.items()
                   if (value := next(iter(part.possible()))) is not ABSENT}
        if not present:
            return
        number, content = self.random.choice(sorted(present.items()))
        if self.random.random() < 0.2:
            self._complete(400, upload, [(number, digest(b"another part"))])
        self._complete_into(upload, [(number, content)], content)

    def abort(self) -> None:
        upload = self._some_upload()
        with self._writing(upload.open, False):
            self._send(204, "DELETE", upload.key, {"uploadId": upload.id})

    def big_upload(self) -> None:
        """Two parts: one copied from the base object, the other sent."""
        upload = self._create(self.random.choice(self.own))
        body, base = self._body(), base_body()
        with self._writing(self.oracle.part(upload, 1), digest(base)):
            self._send(200, "PUT", upload.key, {"partNumber": "1", "uploadId": upload.id},
                       headers={"x-amz-copy-source": f"/{BUCKET}/{BASE}"})
        with self._writing(self.oracle.part(upload, 2), digest(body)):
            self._send(200, "PUT", upload.key, {"partNumber": "2", "uploadId": upload.id}, body)
        self._complete_into(upload, [(1, digest(base)), (2, digest(body))], digest(base + body))

    # How it is asked --------------------------------------------------------------------------------------------------

    def _body(self) -> bytes:
        return self.random.randbytes(self.random.choice(SIZES))

    def _send(self, status: int, method: str, key: str, query: dict[str, str] | None = None, body: bytes = b"",
              headers: dict[str, str] | None = None) -> Answer:
        answer = self.connection.send(method, f"/{BUCKET}/{key}", query, body, headers)
        assert answer.status == status, f"{method} {key} {query}: {answer}"
        self.acknowledged += 1
        return answer

    @contextmanager
    def _writing(self, register: Register, value: Hashable, began: float | None = None) -> Iterator[None]:
        """What is sent inside writes the value: acknowledged at the end, or never answered."""
        with self.oracle.lock:
            attempt = register.begin(value, began)
        yield
        with self.oracle.lock:
            register.acknowledge(attempt)

    def _put(self, key: str) -> None:
        body = self._body()
        with self._writing(self.oracle.key(key), (digest(body), digest(body))):
            self._send(200, "PUT", key, body=body)

    def _uploads(self) -> list[Upload]:
        with self.oracle.lock:
            return [upload for upload in self.oracle.uploads.values() if upload.key in self.own]

    def _some_upload(self) -> Upload:
        open_ones = [upload for upload in self._uploads() if upload.open.possible() == {True}]
        if len(open_ones) < 4:
            open_ones.append(self._create(self.random.choice(self.own)))
        return self.random.choice(open_ones)

    def _create(self, key: str) -> Upload:
        with self.oracle.lock:
            self.oracle.creating.append(key)
        upload_id = self._send(200, "POST", key, {"uploads": ""}).texts("UploadId")[0]
        with self.oracle.lock:
            self.oracle.creating.remove(key)
        return self.oracle.created(key, upload_id)

    def _complete(self, status: int, upload: Upload, parts: list[tuple[int, str]]) -> None:
        listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in parts)
        document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
        self._send(status, "POST", upload.key, {"uploadId": upload.id}, document.encode())

    def _complete_into(self, upload: Upload, parts: list[tuple[int, str]], content: str) -> None:
        tag = hashlib.md5(b"".join(bytes.fromhex(one) for _, one in parts)).hexdigest() + f"-{len(parts)}"
        register, value, began = self.oracle.key(upload.key), (content, tag), upload.open.attempts[0].began
        there = register.latest()
        if there.began > began:  # written or deleted after the upload began: so it stays
            value, began = there.value, there.began
        with self._writing(register, value, began), self._writing(upload.open, False):
            self._complete(200, upload, parts)


class Load:
    """Clients at work, each in a thread of its own."""

    def __init__(self, oracle: Oracle, port: int, clients: int, seed: str):
        self.clients = [Client(oracle, port, f"client{index}", f"{seed}/{index}") for index in range(clients)]
        self.threads = [threading.Thread(target=client.run) for client in self.clients]
        for thread in self.threads:
            thread.start()

    @property
    def acknowledged(self) -> int:
        return sum(client.acknowledged for client in self.clients)

    @property
    def working(self) -> bool:
        return all(thread.is_alive() for thread in self.threads)

    def join(self) -> None:
        for thread in self.threads:
            thread.join()
        for client in self.clients:
            if client.failure:
                raise client.failure
