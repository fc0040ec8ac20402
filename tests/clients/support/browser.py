"""A real browser, on pages that the test serves from an origin of its own."""

from __future__ import annotations

import http.server
import json
import mimetypes
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from support.server import PATIENCE


class _Page(http.server.BaseHTTPRequestHandler):
    """Serves one page, and takes what its script posts, or that another page has come to embed this site's."""

    server: _Site

    def do_GET(self) -> None:
        body = self.server.page if self.path == "/" else self._file()
        if self.path == "/told":
            self.server.told.put({"result": "loaded"})
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if self.path.endswith(("/", ".html"))
                         else mimetypes.guess_type(self.path)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self) -> bytes:
        path = self.server.folder / self.path.partition("?")[0].lstrip("/") if self.server.folder else None
        return path.read_bytes() if path and path.is_file() else b""

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.server.told.put(json.loads(told))

    def log_message(self, *_: Any) -> None:
        pass


class _Site(http.server.ThreadingHTTPServer):
    def __init__(self, script: str, folder: Path | None):
        self.folder = folder
        super().__init__(("127.0.0.1", 0), _Page)
        self.told: queue.Queue[Any] = queue.Queue()
        self.page = f"""<!doctype html><meta charset="utf-8"><script type="module">
const tell = (what) => fetch("/told", {{method: "POST", body: JSON.stringify(what)}});
try {{ await tell({{result: await (async () => {{ {script} }})()}}); }}
catch (error) {{ await tell({{error: String(error)}}); }}
</script>""".encode()


class Page:
    """A page of an origin of its own, whose script (the body of an async function) runs in Chromium. `host`: a name that
    the browser takes for this machine, as it takes every name under `example` (a site's, or one that was rebound). The files of
    `folder` are there, too."""

    def __init__(self, script: str, host: str = "127.0.0.1", folder: Path | None = None):
        self.site = _Site(script, folder)
        self.origin = f"http://{host}:{self.site.server_port}"

    def run(self, profile: Path) -> Any:
        """What the script returned."""
        threading.Thread(target=self.site.serve_forever, daemon=True).start()
        program = shutil.which("chromium")
        assert program, "chromium is not installed: ./dev test does that where apt has it"
        with (profile.parent / f"{profile.name}.log").open("wb") as log:
            browser = subprocess.Popen(
                [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
                 "--host-resolver-rules=MAP *.example 127.0.0.1",
                 self.origin],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            told = self.site.told.get(timeout=2 * PATIENCE)
        finally:
            browser.kill()
            browser.wait(PATIENCE)
            self.site.shutdown()
            self.site.server_close()
        assert "error" not in told, told["error"]
        return told["result"]
