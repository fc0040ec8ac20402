"""The reports of `partsmith conform` as people and CI read them; the page in headless Chromium."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from support.report_page import opened, picture
from support.server import BINARY, Server
from support.terminal import open_terminal

DEVIANT = {
    "multipart.abort.answer": ("failed", "must"),
    "multipart.abort.gone-from-lists": ("passed", "must"),
    "multipart.create.answer": ("passed", "must"),
    "multipart.create.quirk": ("failed", "quirk"),
    "multipart.create.expected": ("failed", "should"),
}


def conform(*arguments: object, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, "conform", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120, check=False, **how)


def at(server: Server) -> list[str]:
    return ["--endpoint", server.url, "--access-key", "test", "--secret-key", "test"]


def made_up_report(label: str, **outcomes: str) -> str:
    """A report of a server that answers one check with something that would be markup."""
    checks = []
    for check_id, (outcome, level) in DEVIANT.items():
        outcome = outcomes.get(check_id.replace(".", "_").replace("-", "_"), outcome)
        check: dict[str, Any] = {
            "id": check_id, "title": f"Title of {check_id}", "level": level, "source": "S3 API", "outcome": outcome,
            "needs": [], "spent": {"requests": 2, "bytes": 10}, "cleaning": {"requests": 1, "bytes": 0}, "milliseconds": 3}
        if outcome == "failed":
            check["failures"] = [{"expected": "status 204", "actual": "status 200", "sent": "DELETE /b/k",
                                  "received": "200\n\n</script><img src=x onerror=document.title='taken'>"}]
            check["reproduce"] = "curl -X DELETE"
        if check_id.endswith("expected"):
            check["deviation"] = {"check": check_id, "reason": "they say so", "source": "their page"}
        checks.append(check)
    return json.dumps({
        "partsmith": "0.1.0", "label": label, "endpoint": "http://localhost:1", "region": "us-east-1", "started":
        "2026-11-23T01:02:03.000Z", "milliseconds": 1500, "stopped": False, "totals": {}, "estimate":
        {"requests": 9, "bytes": 9}, "spent": {"requests": 9, "bytes": 9}, "checks": checks, "leftovers": []})


def page_of(report: dict[str, Any], folder: Path) -> str:
    """The page of a single run, with made-up data in the place of a real run's."""
    with Server(folder / "server") as server:
        conform(*at(server), "--only", "multipart.abort.answer", "--html", folder / "real.html")
    data = {"runs": [{name: value for name, value in report.items() if name != "checks"}], "checks": []}
    for check in report["checks"]:
        result = {name: check.pop(name) for name in ("outcome", "failures", "script", "reproduce", "text_alone", "deviation") if name in check}
        data["checks"].append({**check, "results": [result]})
    text = json.dumps(data).replace("<", "\\u003c")
    return re.sub(r'(<script type="application/json" id="data">).*?(</script>)', lambda found: found[1] + text + found[2],
                  (folder / "real.html").read_text(), flags=re.DOTALL)


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    """The page of two made-up servers that differ in one check."""
    for name, differing in (("one", "failed"), ("other", "passed")):
        (tmp_path / f"{name}.json").write_text(made_up_report(name, multipart_abort_answer=differing))
    page = tmp_path / "matrix.html"
    done = conform("diff", tmp_path / "one.json", tmp_path / "other.json", "--html", page)
    assert done.returncode == 0, done.stderr
    return page


def ids(page: Path, fragment: str = "", then: str = "") -> list[str]:
    """The checks that the page shows."""
    return [str(row.attributes["id"]) for row in opened(page, fragment, then).visible("check")]


def press(key: str) -> str:
    return f"(document.activeElement ?? document).dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}));"


# --- Files -----------------------------------------------------------------------------------------------------------


def test_one_run_writes_every_report(server: Server, tmp_path: Path) -> None:
    done = conform(*at(server), "--only", "multipart.abort.leaves-*", "--label", "A server", "--json", tmp_path / "r.json", "--junit",
                   tmp_path / "r.xml", "--html", tmp_path / "r.html", "--markdown", tmp_path / "r.md")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["label"], report["totals"]["passed"]) == ("A server", 3)
    suites = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in suites] == [("multipart.abort", "3", "0")]
    assert (tmp_path / "r.md").read_text().startswith("# S3 conformance of A server\n")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_a_report_can_go_to_standard_output_instead_of_the_text(server: Server) -> None:
    done = conform(*at(server), "--only", "multipart.abort.answer", "--junit", "-")
    assert ElementTree.fromstring(done.stdout).tag == "testsuites"
    both = conform(*at(server), "--junit", "-", "--json", "-")
    assert (both.returncode, both.stdout) == (2, "")


@pytest.mark.parametrize("flag", ["--json", "--junit", "--html", "--markdown", "--record-profile"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path, flag: str) -> None:
    done = conform("--endpoint", "http://127.0.0.1:1", "--access-key", "a", "--secret-key", "b", flag, tmp_path / "no/file")
    assert done.returncode == 2
    assert done.stderr == f"partsmith: cannot write {tmp_path}/no/file: No such file or directory\n"


def test_a_run_that_comes_to_nothing_leaves_no_empty_report(tmp_path: Path) -> None:
    done = conform("--endpoint", "http://127.0.0.1:1", "--access-key", "a", "--secret-key", "b", "--json", tmp_path / "r.json")
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_diff_names_a_file_that_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(made_up_report("good"))
    (tmp_path / "bad.json").write_text("{}")
    for bad in ("bad.json", "missing.json"):
        done = conform("diff", tmp_path / "good.json", tmp_path / bad)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert bad.removesuffix(".json") in done.stderr


# --- Profiles --------------------------------------------------------------------------------------------------------


def test_a_recorded_profile_makes_the_same_run_pass_and_tells_what_became_right(server: Server, tmp_path: Path) -> None:
    profile = tmp_path / "mine.json"
    wrong = [*at(server), "--only", "multipart.abort.*", "--only", "multipart.part.etag", "--region", "us-east-1"]
    done = conform(*wrong, "--record-profile", profile)
    assert json.loads(profile.read_text())["deviations"] == []

    profile.write_text(json.dumps({"name": "mine", "title": "Mine", "deviations": [
        {"check": "multipart.abort.*", "reason": "they aborted otherwise once", "source": "memory"}]}))
    done = conform(*wrong, "--profile", profile)
    assert done.returncode == 0
    assert "no longer deviates: multipart.abort.*: they aborted otherwise once" in done.stdout


def test_an_unknown_profile_is_one_clear_line(server: Server) -> None:
    done = conform(*at(server), "--profile", "no-such-vendor")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no-such-vendor" in done.stderr


# --- Telling how far it is -------------------------------------------------------------------------------------------


def test_a_terminal_sees_a_bar_and_a_file_does_not(server: Server) -> None:
    arguments = [str(BINARY), "conform", *at(server), "--only", "multipart.abort.leaves-*"]
    assert "\x1b[K" not in conform(*at(server), "--only", "multipart.abort.leaves-*").stderr
    ours, theirs = open_terminal()
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(ours)
    assert process.wait(60) == 0
    assert b"#] 3/3" in seen
    assert seen.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "127.no.such.host.invalid"])
def test_a_remote_endpoint_is_told_to_cost_money_before_anything_is_sent(host: str) -> None:
    done = conform("--endpoint", f"http://{host}", "--access-key", "a", "--secret-key", "b", "--only",
                   "multipart.abort.answer")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()[:2]
    assert first.startswith("1 checks: at most ")
    assert second == f"http://{host} is not this machine: that may cost money; --budget and --max-requests limit it"


# --- The page --------------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_page_shows_every_check_of_every_run(matrix: Path) -> None:
    document = opened(matrix)
    assert {row.attributes["id"] for row in document.visible("check")} == set(DEVIANT)
    assert [column.text for column in document.visible("column")] == ["one", "other"]
    assert document.by_id("title").text == "S3 conformance, side by side"


@pytest.mark.browser
@pytest.mark.parametrize(("fragment", "shown"), [
    ("family=multipart.abort", ["multipart.abort.answer", "multipart.abort.gone-from-lists"]),
    ("level=quirk", ["multipart.create.quirk"]),
    ("level=quirk&level=should", ["multipart.create.quirk", "multipart.create.expected"]),
    ("outcome=failed", ["multipart.abort.answer", "multipart.create.quirk"]),
    ("outcome=expected", ["multipart.create.expected"]),
    ("differs=yes", ["multipart.abort.answer"]),
    ("text=GONE", ["multipart.abort.gone-from-lists"]),
    ("text=status+200+create", ["multipart.create.quirk", "multipart.create.expected"]),
    ("text=nothing-like-it", []),
])
def test_the_page_can_be_filtered_and_its_address_keeps_the_filter(matrix: Path, fragment: str, shown: list[str]) -> None:
    assert ids(matrix, fragment) == shown


@pytest.mark.browser
def test_a_check_opens_to_its_request_and_answer_which_stay_text(matrix: Path) -> None:
    document = opened(matrix, "open=multipart.abort.answer")
    details = document.by_id("details-multipart.abort.answer")
    for text in ("status 204", "DELETE /b/k", "</script><img src=x onerror=", "As S3 answers: other."):
        assert text in details.text
    assert next(e for e in document.elements if e.tag == "title").text == "S3 conformance, side by side"
    assert [e for e in document.elements if e.tag == "img"] == []


@pytest.mark.browser
def test_a_matrix_of_twelve_expands_at_once_and_fills_what_is_seen(tmp_path: Path) -> None:
    one = json.loads(made_up_report("s"))
    failing = next(check for check in one["checks"] if check["outcome"] == "failed")
    for number in range(12):
        checks = [{**failing, "id": f"family-{i // 20}.check-{i}"} for i in range(400)]
        (tmp_path / f"{number}.json").write_text(json.dumps({**one, "label": f"server {number}", "checks": checks}))
    page = tmp_path / "matrix.html"
    assert conform("diff", *sorted(tmp_path.glob("*.json")), "--html", page).returncode == 0
    for _ in range(10):  # on a busy machine the browser may write the page down before it has painted it
        document = opened(page, then="document.getElementById('expand').click(); document.getElementById('checks').scrollIntoView();")
        assert len(document.visible("details")) == 400
        filled = len(document.visible("verdict"))
        if filled:
            break
    assert 0 < filled < 400 * 12 / 2, "what nobody sees is only begun"


@pytest.mark.browser
def test_the_page_has_scores_by_feature_and_level_and_copies_scripts(tmp_path: Path) -> None:
    report = json.loads(made_up_report("one"))
    report["scores"] = [{"feature": "tags", "level": "must", "passed": 3, "judged": 4}, {"feature": "tags", "level": "quirk", "passed": 2, "judged": 2}]
    report["script_common_part"] = "COMMON"
    failing = next(check for check in report["checks"] if check["outcome"] == "failed")
    failing |= {"script": ["BEFORE ", " BEHIND"], "text_alone": True, "id": "multipart.abort.text"}
    (tmp_path / "one.json").write_text(json.dumps(report))
    page = tmp_path / "page.html"
    page.write_text(page_of(report, tmp_path))
    document = opened(page, "open=multipart.abort.text", then="""
      navigator.clipboard.writeText = async (text) => { document.body.dataset.copied = text; };
      for (const button of document.querySelectorAll(".copying button")) if (button.textContent === "Copy Python script") button.click();""")
    cells = [e.text for e in document.elements if e.tag == "td" and (e.attributes.get("class") or "") in ("all", "some")]
    assert cells == ["3 of 4", "2 of 2"]
    assert next(e for e in document.elements if e.tag == "body").attributes["data-copied"] == "BEFORE COMMON BEHIND"
    assert document.by_id("multipart.abort.text").text.endswith("″in wording alone")


@pytest.mark.browser
def test_the_page_works_by_keyboard(matrix: Path) -> None:
    assert ids(matrix, then=press("/") + "document.activeElement.value = 'quirk';"
               "document.activeElement.dispatchEvent(new Event('input', {bubbles: true}));") == ["multipart.create.quirk"]
    down = press("/") + press("ArrowDown") + press("ArrowDown") + "document.activeElement.click();"
    document = opened(matrix, then=down)
    assert [e.attributes["id"] for e in document.visible("details")] == ["details-multipart.abort.gone-from-lists"]
    assert opened(matrix, then=down + press("Escape")).visible("details") == []


@pytest.mark.browser
def test_every_control_of_the_page_has_a_name(matrix: Path) -> None:
    unnamed = opened(matrix, then="""
      for (const control of document.querySelectorAll("button, input, select")) {
        const name = control.getAttribute("aria-label") || control.textContent.trim() || control.closest("label")?.textContent.trim();
        if (!name) control.classList.add("unnamed");
      }""").visible("unnamed")
    assert unnamed == []


@pytest.mark.browser
def test_the_page_has_two_looks(matrix: Path, tmp_path: Path) -> None:
    light, dark = (picture(matrix, tmp_path / f"{look}.png", dark=look == "dark") for look in ("light", "dark"))
    assert light.startswith(b"\x89PNG") and dark.startswith(b"\x89PNG")
    assert light != dark
    toggled = opened(matrix, then="document.getElementById('theme').click();")
    assert {toggled.by_id("theme").text, opened(matrix).by_id("theme").text} == {"☀ Light", "☾ Dark"}


@pytest.mark.browser
def test_the_page_loads_nothing(matrix: Path) -> None:
    html = matrix.read_text()
    assert "default-src 'none'" in html
    for element in opened(matrix).elements:
        for name in ("src", "href"):
            assert element.attributes.get(name) in (None, "data:,"), element.attributes
