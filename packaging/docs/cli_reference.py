"""The program's manual page as Markdown. `partsmith man` writes it from the tables of the command line; it uses ten requests of
man(7), and what is none of these is an error."""

from __future__ import annotations

import re


def markdown(man: str) -> str:
    """A heading for each command, a definition for each flag."""
    pages = ["# Command line\n", "Written by `partsmith man`, as is `partsmith COMMAND --help`.\n"]
    lines = iter(man.splitlines())
    for line in lines:
        request, _, rest = line.partition(" ")
        if request == ".TH":
            continue
        if request == ".SH":
            if plain(rest) not in ("NAME", "SYNOPSIS", "COMMANDS"):
                pages.append(f"\n## {plain(rest).capitalize()}\n")
        elif request == ".SS":
            pages.append(heading(plain(rest.strip('"'))))
        elif request == ".TP":
            pages.append(f"\n{flag(next(lines))}\n")
            pages.append(definition(next(lines)))
        elif request == ".PP":
            continue
        elif request == ".nf":
            pages.append(verbatim(lines))
        elif line.startswith("Environment: "):
            pages.append(f"    {text(line)}\n")
        elif line.startswith(".") or line.startswith("'"):
            raise ValueError(f"the manual page has a request that isn't known here: {line}")
        else:
            pages.append(f"{text(line)}\n")
    return "\n".join(pages)


def heading(usage: str) -> str:
    """`partsmith cp [OPTIONS] SOURCE…`: the words of the command are its name."""
    usage = re.sub(r":\{.*?\}", "", usage)
    words = re.match(r"(?:[a-z0-9-]+ ?)+", usage.split(" [OPTIONS]")[0])
    if not words:
        raise ValueError(f"no command: {usage}")
    return f"\n## {words[0].strip()}\n\n```\n{usage}\n```\n"


def flag(line: str) -> str:
    name, _, value = re.sub(r"\\f[BI]", "", line).partition(r"\fR")
    value = plain(value.strip().removesuffix(r"\fR")).split(":{")[0]
    return f"`{plain(name)}`" + (f" *{escaped(value)}*" if value else "")


def definition(line: str) -> str:
    return f":   {text(line)}\n"


def verbatim(lines: object) -> str:
    kept = []
    for line in lines:  # type: ignore[attr-defined]
        if line == ".fi":
            return "\n```text\n" + "\n".join(kept) + "\n```\n"
        kept.append(plain(line))
    raise ValueError("a text without an end")


def text(line: str) -> str:
    """A line of prose; what is bold is code."""
    parts = re.split(r"\\fB(.*?)\\fR", line)
    return "".join(f"`{plain(part)}`" if at % 2 else escaped(plain(part)) for at, part in enumerate(parts))


def plain(line: str) -> str:
    return re.sub(r"\\f[BIR]", "", line).replace(r"\&", "").replace(r"\-", "-").replace(r"\e", "\\")


def escaped(words: str) -> str:
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", words)
