"""What the program says of wrong arguments: one line that tells what is wrong and what would be right, and nothing is
done. The kinds are tried with every option, as the help names them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.server import BINARY, PATIENCE

WORDS = {
    "mb": ["s3://films"], "rb": ["s3://films"], "cp": ["gopher.mp4", "s3://films"], "mv": ["gopher.mp4", "s3://films"],
    "rm": ["s3://films/a"], "cat": ["s3://films/a"], "stat": ["s3://films/a"], "presign": ["s3://films/a"],
    "uploads": ["s3://films"], "parts": ["s3://films/a"], "abort": ["s3://films/a"], "resume": ["s3://films/a", "gopher.mp4"],
    "run": ["--", "true"], "faults rm": ["NAME"], "completion": ["bash"], "conform diff": ["a.json", "b.json"], "faults add": ["slow-down"],
    "journal expect": ["PutObject"], "world rm": ["KEY"], "world snapshot": ["NAME"], "world restore": ["NAME"],
    "world forget": ["NAME"]}
"""Arguments that a command must have, beside its options."""
NUMBERS = {"N", "BYTES", "SIZE", "TIME", "SECONDS", "MINUTES", "M", "PORT"}
"""How the help names what is a number and can't be below zero."""
OF_THE_SERVER = {"--count", "--at-least", "--at-most", "--after", "--limit", "--set"}
"""Numbers and times that the server judges, and not the program."""


def asked(*arguments: object, folder: Path | None = None, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PARTSMITH_"))}
    return subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder,
                          env={**clean, **(env or {})}, timeout=PATIENCE, check=False)


def refused(*arguments: object, folder: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = asked(*arguments, folder=folder, env=env)
    assert done.returncode in (1, 2) and done.stdout == "", f"{arguments}: {done.returncode}, {done.stdout}"
    assert done.stderr.startswith("partsmith: ") and done.stderr.count("\n") == 1, f"{arguments}: {done.stderr}"
    return done.stderr.removeprefix("partsmith: ").rstrip("\n")


@dataclass(frozen=True)
class Option:
    command: str
    flag: str
    takes: str
    """As the help has it: FILE; empty for a switch."""

    def given(self, *words: str) -> list[str]:
        return [*self.command.split(), *words, *WORDS.get(self.command, [])]

    def __str__(self) -> str:
        return f"{self.command} {self.flag}"


def help_of(command: str) -> str:
    return asked(*command.split(), "--help").stdout


def commands(above: str = "") -> list[str]:
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)(?:\nClient:\n((?:  .*\n)+))?", help_of(above), re.MULTILINE)
    if not listed:
        return [above]
    names = re.findall(r"^  (\w+)", "".join(part or "" for part in listed.groups()), re.MULTILINE)
    below = [command for name in names for command in commands(f"{above} {name}".strip())]
    return below if above != "conform" else [above, *below]


def options() -> list[Option]:
    """Each that a command has, once, of the first that has it; but those that CLI11 has itself."""
    found: dict[tuple[str, str], Option] = {}
    for command in commands():
        for flag, takes in re.findall(r"^  (?:-\w,)?(--[\w-]+)(?:,--[\w-]+)*(?: (\S+))?", help_of(command), re.MULTILINE):
            has_none = takes.startswith(("(Env", "Needs:", "Excludes:"))
            takes = "" if has_none else takes if "[" in takes else re.sub(r"[=:].*", "", takes)
            found.setdefault((flag, takes), Option(command, flag, takes))
    return [option for option in found.values() if option.flag != "--help"]


@pytest.fixture(scope="module")
def every_option() -> list[Option]:
    found = options()
    assert len(found) > 100 and {option.command for option in found} >= {"serve", "cp", "conform", "conform diff", "clock"}
    return found


def values(found: list[Option]) -> list[Option]:
    return [option for option in found if option.takes]


def test_an_option_that_misses_a_letter_is_told_with_the_one_that_is_meant(every_option: list[Option]) -> None:
    for option in every_option:
        told = refused(*option.given(option.flag[:-1], *(["1"] if option.takes else [])))
        assert told.startswith(f"there is no option '{option.flag[:-1]}': did you mean {option.flag}? (see partsmith "), option


def test_an_option_is_not_given_an_empty_value(every_option: list[Option]) -> None:
    """As an unset variable of a script would: --endpoint "" must not mean Amazon S3, nor --data "" the default folder."""
    for option in values(every_option):
        told = refused(*option.given(option.flag, ""))
        assert option.flag in told or option.flag.upper() in told, f"{option}: {told}"
        assert "has nothing after it" in told or "''" in told or " needs " in told, f"{option}: {told}"


def test_an_option_at_the_end_says_what_it_wants(every_option: list[Option]) -> None:
    for option in values(every_option):
        if "--" in WORDS.get(option.command, []):
            continue  # what follows would be its value
        told = refused(*option.command.split(), *WORDS.get(option.command, []), option.flag)
        assert told.startswith(f"{option.flag} wants {option.takes.split('=')[0]}"), f"{option}: {told}"


def test_numbers_are_not_below_zero_nor_words(every_option: list[Option]) -> None:
    numbers = [option for option in values(every_option)
               if re.split(r"[=:]", option.takes)[0] in NUMBERS - {"BYTES"} | ({"BYTES"} if option.command == "serve" else set())
               and option.flag not in OF_THE_SERVER]
    assert len(numbers) > 20
    for option in numbers:
        for wrong in ("-1", "many", "1e3x", "99999999999999999999999"):
            told = refused(*option.given(option.flag, wrong))
            assert told.startswith(f"{option.flag}: ") and f"'{wrong}'" in told and "wanted" in told, f"{option} {wrong}: {told}"


def test_a_flag_wins_over_the_variable_that_other_commands_read_too(every_option: list[Option], tmp_path: Path) -> None:
    (tmp_path / "gopher.mp4").write_bytes(b"a")
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "PARTSMITH_ENDPOINT": "http://127.0.0.1:1"}
    of_commands = [command for command in commands() if re.search(r"^  --endpoint\b", help_of(command), re.MULTILINE)]
    assert set(of_commands) >= {"conform", "explore", "ls", "cp", "presign", "clock"}
    for command in of_commands:
        once = ["--attempts", "1"] if "--attempts" in help_of(command) else []
        said = asked(*Option(command, "", "").given("--endpoint", "http://127.0.0.1:2", *once), folder=tmp_path, env=keys)
        assert re.search(r"127\.0\.0\.1:2\b", said.stderr + said.stdout), f"{command}: {said.stderr}"
        assert not re.search(r"127\.0\.0\.1:1\b", said.stderr + said.stdout), f"{command}: {said.stderr}"


def test_a_variable_of_another_command_stops_nothing() -> None:
    told = refused("ls", "--no-sign-request", "--attempts", "1", "--endpoint", "http://127.0.0.1:1", env={"PARTSMITH_PORT": "abc"})
    assert told == "127.0.0.1:1: Connection refused"


def test_a_command_that_misses_a_letter_is_told_with_the_one_that_is_meant() -> None:
    for command in ["serve", "conform", "explore", "fsck", "faults", "clock", "journal", "world", "health", "completion",
                    "presign", "uploads", "parts", "abort", "resume"]:
        told = refused(command[:2] + command[3:])
        assert told == f"there is no command '{command[:2] + command[3:]}': did you mean {command}? (see partsmith --help)"


@pytest.mark.parametrize(("arguments", "told"), [
    ([], "a command is missing, as in partsmith serve (see partsmith --help)"),
    (["xyzzy"], "there is no command 'xyzzy' (see partsmith --help)"),
    (["--verbose"], "there is no option '--verbose' (see partsmith --help)"),
    (["--port", "1", "serve"], "--port comes after the command: partsmith serve --port (see partsmith serve --help)"),
    (["serve", "films"], "'films' is one argument more than partsmith serve takes (see partsmith serve --help)"),
    (["ls", "s3://a", "s3://b"], "'s3://b' is one argument more than partsmith ls takes (see partsmith ls --help)"),
    (["ls", "--endpoints", "http://127.0.0.1:1"],
     "there is no option '--endpoints': did you mean --endpoint? (see partsmith ls --help)"),
    (["faults"], "a command is missing after partsmith faults: one of ls, add, rm, presets (see partsmith faults --help)"),
    (["faults", "list"], "there is no command 'faults list': it is one of ls, add, rm, presets (see partsmith faults --help)"),
    (["world", "snapshto"], "there is no command 'world snapshto': did you mean snapshot? (see partsmith world --help)"),
    (["mb"], "s3://… is missing: Buckets to make (see partsmith mb --help)"),
    (["cp", "a"], "SOURCE… DESTINATION wants 2 or more, and 1 is there (see partsmith cp --help)"),
    (["serve", "--port", "1", "--port", "2"], "--port is given 2 times: once is enough (see partsmith serve --help)"),
    (["serve", "--data", "a", "--ephemeral"],
     "--data and --ephemeral exclude each other: give one of them (see partsmith serve --help)"),
    (["serve", "--tls-cert", "a"], "--tls-cert needs --tls-key beside it (see partsmith serve --help)"),
    (["serve", "--durability", "disc"], "--durability: 'disc' is none of process, disk (see partsmith serve --help)"),
    (["cp", "a", "s3://b", "--part-size", "1MiB"],
     "--part-size: '1MiB' won't do: a size from 5MiB to 5GiB is wanted (see partsmith cp --help)"),
    (["ls", "--attempts", "0"], "--attempts: '0' won't do: a whole number is wanted, from 1 to 100 (see partsmith ls --help)"),
    (["abort", "s3://b/k", "--older-than", "soon"],
     "--older-than: 'soon' is no time: seconds are wanted, or a number with s, m, h, d or w, as in 12h (see partsmith abort "
     "--help)"),
])
def test_wrong_usage_says_what_would_be_right(arguments: list[str], told: str) -> None:
    assert refused(*arguments) == told


@pytest.mark.parametrize(("variable", "value", "told"), [
    ("PARTSMITH_PORT", "abc", "PARTSMITH_PORT: 'abc' is no port"),
    ("PARTSMITH_EPHEMERAL", "maybe", "PARTSMITH_EPHEMERAL: 'maybe' is neither true nor false"),
    ("PARTSMITH_QUOTA", "-5", "PARTSMITH_QUOTA: '-5' is no size"),
    ("PARTSMITH_LOG_FORMAT", "xml", "PARTSMITH_LOG_FORMAT: 'xml' is none of text, json"),
])
def test_a_wrong_variable_is_named_where_no_flag_was_given(variable: str, value: str, told: str) -> None:
    assert refused("serve", env={variable: value}).startswith(told)


@pytest.mark.parametrize("group", ["faults", "journal", "world"])
def test_a_mistyped_command_is_no_expectation_that_fails(group: str) -> None:
    """partsmith journal expect ends with 1 where what was expected is not so."""
    for words in ([group], [group, "xyzzy"], [group, "--xyzzy"]):
        assert asked(*words).returncode == 2


def test_files_that_will_not_do_are_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "text").write_text("no certificate")
    (tmp_path / "text").chmod(0o600)
    serve = ["serve", "--ephemeral", "--port", "0"]
    for arguments, told in [
        ([*serve, "--fault", "bad.json"], "--fault bad.json: it is no JSON"),
        ([*serve, "--fault", "slow-dwn"], "--fault slow-dwn: it is none of lost-complete, "),
        ([*serve, "--secret-key-file", "."], "--secret-key-file: cannot read .: Is a directory"),
        ([*serve, "--tls-cert", "text", "--tls-key", "text"],
         "cannot use the certificate text: there is no such thing in it as PEM, which begins with -----BEGIN"),
        ([*serve, "--tls-cert", "none", "--tls-key", "none"], "cannot use the certificate none: No such file or directory"),
        ([*serve, "--tls-self-signed", "none/ca.pem"], "cannot write the certificate to none/ca.pem: No such file or directory"),
        ([*serve, "--ready-file", "none/ready"], "cannot write the ready file none/ready: No such file or directory"),
        (["serve", "--port", "0", "--upstream", "https://127.0.0.1:1", "--upstream-ca-file", "none.pem"],
         "--upstream: cannot read none.pem, the certificates to trust: No such file or directory"),
        (["ls", "--endpoint", "https://127.0.0.1:1", "--ca-file", "none.pem"],
         "cannot read none.pem, the certificates to trust: No such file or directory"),
        (["conform", "--endpoint", "http://127.0.0.1:1", "--json", "none/report"],
         "cannot write none/report: No such file or directory"),
    ]:
        assert refused(*arguments, folder=tmp_path).startswith(told), arguments


def test_a_port_in_use_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused("serve", "--ephemeral", "--port", port, env={"TMPDIR": str(tmp_path)}) == (
            f"cannot listen on 127.0.0.1:{port}: Address already in use (another port, with --port, or the end of what "
            "listens there; --port 0 takes a free one)")
