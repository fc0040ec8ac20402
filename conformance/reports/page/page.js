"use strict";
(async () => {
  const stored = document.getElementById("data");
  const unpack = (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const stream = new ReadableStream({ start: (to) => { to.enqueue(bytes); to.close(); } });
    return new Response(stream.pipeThrough(new DecompressionStream("deflate"))).json();
  };
  if (stored.type !== "application/json" && !("DecompressionStream" in window)) {
    document.getElementById("subtitle").textContent = "This browser can't unpack the page's data: it has no DecompressionStream.";
    return;
  }
  const data = stored.type === "application/json" ? JSON.parse(stored.textContent) : await unpack(stored.textContent);
  const runs = data.runs;
  const byId = (id) => document.getElementById(id);
  // Whatever a server answered becomes text, never markup.
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue;
      if (name === "class") element.className = value;
      else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null));
    return element;
  };

  const kinds = {
    passed: { mark: "✓", word: "passed", tells: "answers as S3 does" },
    failed: { mark: "✗", word: "failed", tells: "answers otherwise" },
    text: { mark: "″", word: "in wording alone", tells: "only wording or decoration is otherwise" },
    expected: { mark: "≈", word: "expected", tells: "answers otherwise, as its profile says" },
    unsteady: { mark: "~", word: "unsteady", tells: "answers now as S3 does, now otherwise" },
    "not-offered": { mark: "∅", word: "not offered", tells: "the feature isn't there" },
    busy: { mark: "…", word: "too busy", tells: "the server had no time: not judged" },
    "no-right": { mark: "⊘", word: "no right", tells: "the key may not be allowed it: not judged" },
    error: { mark: "!", word: "error", tells: "the check itself is at fault" },
    skipped: { mark: "–", word: "skipped", tells: "was not run" },
  };
  const differs = (result) => result.outcome === "failed" || result.outcome === "unsteady";
  const kindOf = (result) => (!result ? "absent" : differs(result) && result.deviation ? "expected"
    : result.outcome === "failed" && result.text_alone ? "text" : result.outcome);
  const judgedKinds = ["passed", "failed", "text", "expected", "unsteady"];
  const familyOf = (id) => id.split(".").slice(0, -1).join(".") || id;
  const size = (bytes) => {
    const units = ["bytes", "KiB", "MiB", "GiB"];
    let unit = 0;
    for (; bytes >= 1024 && unit < 3; ++unit) bytes /= 1024;
    return `${unit ? bytes.toFixed(1) : bytes} ${units[unit]}`;
  };
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  // --- The checks of all runs, in the order in which they first stand -------------------------------------------------

  const checks = new Map(data.checks.map((check) => [check.id, check]));
  const families = [...new Set([...checks.keys()].map(familyOf))];
  for (const check of checks.values()) {
    check.kinds = check.results.map(kindOf);
    check.differs = new Set(check.kinds.filter((kind) => judgedKinds.includes(kind) || kind === "not-offered" || kind === "error")
      .map((kind) => (kind === "passed" ? "same" : "other"))).size > 1;
    const said = check.results.flatMap((result) => result?.failures ?? []).flatMap((f) => [f.expected, f.actual]);
    check.words = [check.id, check.title, check.source, ...said].join("\n").toLowerCase();
  }

  // --- The runs ------------------------------------------------------------------------------------------------------

  const several = runs.length > 1;
  const counts = runs.map((_, index) => {
    const kindsOfRun = [...checks.values()].map((check) => check.kinds[index]);
    return Object.fromEntries([...Object.keys(kinds), "absent"].map((kind) => [kind, kindsOfRun.filter((k) => k === kind).length]));
  });
  const count = (run, kind) => counts[runs.indexOf(run)][kind];
  const nameOf = (run) => run.label || run.endpoint;

  const title = several ? "S3 conformance, side by side" : `S3 conformance of ${nameOf(runs[0])}`;
  document.title = title;
  byId("title").textContent = title;
  byId("subtitle").textContent = several
    ? `${runs.length} servers against what Amazon S3 answers, ${plural(checks.size, "check")}`
    : `Against what Amazon S3 answers, ${plural(checks.size, "check")}`;
  byId("runs").classList.toggle("one", !several);
  byId("checks").classList.toggle("one-run", !several);
  const many = runs.length > 6;  // then each takes less room
  byId("runs").classList.toggle("many", many);
  byId("checks").classList.toggle("many", many);

  for (const run of runs) {
    const ran = judgedKinds.reduce((sum, kind) => sum + count(run, kind), 0);
    const passed = count(run, "passed");
    const shown = Object.keys(kinds).filter((kind) => count(run, kind) > 0);
    byId("runs").append(make("article", { class: "run" },
      make("h2", {}, nameOf(run)),
      make("p", { class: "score" }, make("b", {}, ran ? `${Math.floor((passed / ran) * 1000) / 10} %` : "–"),
        make("span", {}, `${passed} of ${ran} as S3 answers`)),
      make("div", { class: "bar", "aria-hidden": "true" }, ...shown.map((kind) =>
        make("i", { class: kind, style: `flex:${count(run, kind)}` }))),
      make("p", { class: "counts" }, ...shown.map((kind) =>
        make("span", {}, make("i", { class: `dot ${kind}` }), make("b", {}, `${count(run, kind)}`), ` ${kinds[kind].word}`))),
      make("p", { class: "where" }, [run.label ? run.endpoint : "", (run.started || "").replace("T", " ").replace(/:\d\d(\.\d+)?Z$/, " UTC"),
        several ? "" : plural(run.spent.requests, "request"), several ? "" : size(run.spent.bytes), `${(run.milliseconds / 1000).toFixed(1)} s`,
        run.profile ? `profile: ${run.profile.title || run.profile.name}` : "", !several && run.partsmith ? `checked by partsmith ${run.partsmith}` : "",
        run.stopped ? "stopped early" : "", run.falls ? `went away ${plural(run.falls, "time")}` : "", run.lost || ""].filter(Boolean).join(" · "))));
    const notes = [];
    if (run.leftovers?.length) notes.push(["Left over on the server", run.leftovers]);
    if (run.missing?.length) {
      notes.push(["Not offered", run.missing.map((m) => `${m.feature} (${plural(m.checks, "check")}): ${m.evidence}`)]);
    }
    if (run.gone?.length) notes.push(["No longer deviates, though the profile or the baseline says so", run.gone]);
    for (const [what, list] of notes) {
      byId("notes").append(make("div", {}, make("b", {}, several ? `${nameOf(run)}: ${what}` : what),
        make("ul", {}, ...list.map((line) => make("li", {}, line)))));
    }
  }
  // Of one run a column for each level, of several one for each run.
  const levelNames = ["must", "should", "quirk", "text"];
  const features = [...new Set(runs.flatMap((run) => (run.scores ?? []).map((score) => score.feature)))];
  if (features.length) {
    const columns = several ? runs.map((run) => ({ name: nameOf(run), of: (feature) => run.scores?.filter((s) => s.feature === feature) ?? [] }))
      : levelNames.map((level) => ({ name: level, of: (feature) => runs[0].scores.filter((s) => s.feature === feature && s.level === level) }))
        .filter((column) => features.some((feature) => column.of(feature).length));
    const cellOf = (scores) => {
      const [passed, judged] = scores.reduce(([p, j], s) => [p + s.passed, j + s.judged], [0, 0]);
      const standing = !judged ? "none" : passed === judged ? "all" : passed ? "some" : "nothing";
      return make("td", { class: standing }, judged ? `${passed} of ${judged}` : "");
    };
    byId("scores").append(make("details", { open: !several }, make("summary", {}, several ? "As S3 answers, by feature" : "As S3 answers, by feature and level"),
      make("div", { class: "score-box" }, make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Feature"),
        ...columns.map(({ name }) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...features.map((feature) => make("tr", {}, make("th", { scope: "row" }, feature), ...columns.map((column) => cellOf(column.of(feature))))))))));
  }

  for (const [kind, { mark, word, tells }] of Object.entries(kinds)) {
    if (!runs.some((run) => count(run, kind))) continue;
    byId("legend").append(make("span", {}, make("span", { class: `mark ${kind}`, "aria-hidden": "true" }, mark), ` ${word}: ${tells}`));
  }

  // --- The table -----------------------------------------------------------------------------------------------------

  byId("checks").style.setProperty("--runs", runs.length);
  byId("columns").append(make("th", { role: "columnheader" }, "Check"), make("th", { role: "columnheader" }, "Level"),
    ...runs.map((run) => make("th", { role: "columnheader", class: "column" }, make("span", {}, several ? nameOf(run) : "Result"))));

  const markOf = (kind) => (kind === "absent"
    ? make("span", { class: "mark absent", title: "not part of this run" }, make("span", { class: "hidden" }, "not part of this run"))
    : make("span", { class: `mark ${kind}`, title: kinds[kind].word }, make("span", { "aria-hidden": "true" }, kinds[kind].mark),
      make("span", several ? { class: "hidden" } : {}, kinds[kind].word)));

  const bugReport = (check, run, result) => [
    `${check.id} (${check.level}): ${check.title}`, `endpoint: ${run.endpoint}`,
    ...result.failures.map((f) => `\nS3 answers: ${f.expected}\n       not: ${f.actual}${f.sent ? `\n\nsent:\n${f.sent}\ncame back:\n${f.received}` : ""}`),
    `\nsource (${check.grade}): ${check.source}`, ...(check.links ?? []).map((link) => `  ${link.url}`), result.reproduce ? `\nto reproduce:\n${result.reproduce}` : ""].join("\n");

  const copy = async (text, button) => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // from a file, some browsers have no clipboard for pages
      const area = make("textarea", { class: "hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  const scriptOf = (run, result) => result.script.join(run.script_common_part);

  const exchangesOf = (failures) => {  // expectations of the same answer stand together
    const groups = [];
    for (const failure of failures) {
      const last = groups.at(-1);
      if (last && failure.sent === undefined) last.wants.push(failure);  // of the same exchange as the one before
      else groups.push({ sent: failure.sent, received: failure.received, wants: [failure] });
    }
    return groups;
  };

  const failureView = (group) => [
    make("div", { class: "wants" }, ...group.wants.map((want) => make("div", { class: "want" },
      make("div", { class: "s3" }, make("small", {}, "S3 answers"), want.expected),
      make("div", { class: "it" }, make("small", {}, "this server"), want.actual)))),
    group.sent || group.received ? make("div", { class: "wire" },
      make("figure", {}, make("figcaption", {}, "Request"), make("pre", { tabindex: "0" }, group.sent)),
      make("figure", {}, make("figcaption", {}, "Answer"), make("pre", { tabindex: "0" }, group.received))) : undefined];

  const verdictView = (check, run, result) => {
    const kind = kindOf(result);
    const heading = make("header", {}, markOf(kind), several ? make("b", {}, nameOf(run)) : undefined);
    const body = make("div", {});
    if (result.deviation) {
      body.append(make("p", { class: "plain" }, `${kind === "passed" ? "The profile expects a deviation, and there is none" : "Expected by the profile"}: ${result.deviation.reason}`,
        result.deviation.source ? ` (${result.deviation.source})` : ""));
    }
    if (result.skip_reason) body.append(make("p", { class: "plain" }, result.skip_reason));
    if (result.defect) body.append(make("p", { class: "plain" }, result.defect));
    if (result.failures) {
      const copying = (label, text) => {
        const button = make("button", { type: "button", class: "ghost" }, label);
        button.addEventListener("click", () => copy(text(), button));
        return button;
      };
      const buttons = make("span", { class: "copying" }, copying("Copy as bug report", () => bugReport(check, run, result)));
      if (result.script) buttons.append(copying("Copy Python script", () => scriptOf(run, result)));
      heading.append(buttons);
      for (const group of exchangesOf(result.failures)) body.append(...failureView(group).filter(Boolean));
      const again = result.failures.find((failure) => failure.received_again);
      if (again) {
        body.append(make("p", { class: "plain" }, "Asked again, alone, it answered as S3 does:"),
          make("pre", { tabindex: "0" }, again.received_again));
      }
      if (result.reproduce) {
        body.append(make("details", { class: "script" }, make("summary", {}, "To reproduce with curl"), make("pre", { tabindex: "0" }, result.reproduce)));
      }
    }
    return make("article", { class: "verdict" }, heading, body.childNodes.length ? body : undefined);
  };

  const sourceOf = (check) => (check.links?.length && check.links.every((link) => link.url.startsWith("https://"))
    ? make("span", {}, ...check.links.flatMap((link, i) => [i ? ", " : "",
      make("a", { href: link.url, rel: "noreferrer" }, link.text)])) : check.source);

  const detailsView = (check) => {
    const cell = make("td", { role: "cell", "aria-colspan": `${runs.length + 2}` });
    return make("tr", { role: "row", class: "details", id: `details-${check.id}` }, cell);
  };

  // What nobody sees yet is only begun: a thousand failures of a dozen servers are much.
  const fill = (check) => {
    if (!check.details || check.filled) return;
    check.filled = true;
    const cell = check.details.firstChild;
    cell.style.height = "";
    const facts = [["Known", check.grade], ["Source", sourceOf(check)], ["Feature", check.feature], ["Needs", (check.needs ?? []).join(", ")]];
    const spent = check.spent;
    if (spent?.requests) facts.push(["Cost", `${plural(spent.requests, "request")}, ${size(spent.bytes)}`]);
    cell.append(make("dl", { class: "facts" }, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
    const passed = check.results.map((result, i) => (kindOf(result) === "passed" && !result.deviation ? nameOf(runs[i]) : "")).filter(Boolean);
    check.results.forEach((result, i) => {
      if (result && (kindOf(result) !== "passed" || result.deviation)) cell.append(verdictView(check, runs[i], result));
    });
    if (passed.length) cell.append(make("p", { class: "plain", style: "margin-top:.7rem" }, several ? `As S3 answers: ${passed.join(", ")}.` : "Answers as S3 does."));
  };
  const roomOf = (check) => 90 + 260 * check.results.filter((result) => result?.failures).length;  // about, in pixels
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); fill(entry.target.check); }
  }, { rootMargin: "600px 0px" });
  addEventListener("beforeprint", () => { for (const check of checks.values()) fill(check); });

  const setOpen = (check, open, later = false) => {
    if (open === Boolean(check.details)) return;
    check.row.classList.toggle("open", open);
    check.button.setAttribute("aria-expanded", `${open}`);
    if (open) {
      check.details = detailsView(check);
      check.row.after(check.details);
      if (later) {
        check.details.check = check;
        check.details.firstChild.style.height = `${roomOf(check)}px`;
        seen.observe(check.details);
      } else fill(check);
    } else {
      seen.unobserve(check.details);
      check.filled = false;
      check.details.remove();
      check.details = undefined;
    }
  };

  for (const family of families) {
    const members = [...checks.values()].filter((check) => familyOf(check.id) === family);
    const body = make("tbody", { role: "rowgroup", "data-family": family, style: `--rows:${members.length}` }, make("tr", { role: "row", class: "family" },
      make("th", { role: "rowheader", "aria-colspan": "2" }, family),
      ...runs.map((_, i) => {
        const ran = members.filter((check) => judgedKinds.includes(check.kinds[i]));
        return make("td", { role: "cell" }, ran.length ? `${ran.filter((check) => check.kinds[i] === "passed").length} / ${ran.length}` : "");
      })));
    for (const check of members) {
      check.button = make("button", { type: "button", class: "open-it", "aria-expanded": "false" },
        make("span", {}, check.title), make("span", { class: "id" }, check.id));
      check.button.addEventListener("click", () => { setOpen(check, !check.details); remember(); });
      check.row = make("tr", { role: "row", class: "check", id: check.id }, make("th", { role: "rowheader" }, check.button),
        make("td", { role: "cell" }, make("span", { class: `level ${check.level}` }, check.level)),
        ...check.kinds.map((kind) => make("td", { role: "cell", class: "cell" }, markOf(kind))));
      body.append(check.row);
    }
    byId("checks").append(body);
  }

  // --- Filters, kept in the address ------------------------------------------------------------------------------------

  const pill = (box, name, value, label) => box.append(make("label", {}, make("input", { type: "checkbox", name, value }), make("span", {}, label)));
  byId("family").append(make("option", { value: "" }, "All families"), ...families.map((family) => make("option", { value: family }, family)));
  for (const [kind, { mark, word }] of Object.entries(kinds)) {
    if (runs.some((run) => count(run, kind))) pill(byId("outcomes"), "outcome", kind, `${mark} ${word}`);
  }
  for (const level of levelNames) {
    if ([...checks.values()].some((check) => check.level === level)) pill(byId("levels"), "level", level, level);
  }
  if (several) {
    byId("differing-box").hidden = false;
    pill(byId("differing-box"), "differs", "yes", "where servers differ");
  }
  const chosen = (name) => [...document.querySelectorAll(`#filters input[name=${name}]:checked`)].map((input) => input.value);

  const apply = () => {
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const family = byId("family").value;
    const outcomes = chosen("outcome");
    const levels = chosen("level");
    const differing = chosen("differs").length > 0;
    let shown = 0;
    for (const check of checks.values()) {
      const visible = words.every((word) => check.words.includes(word)) && (!family || familyOf(check.id) === family) &&
        (!outcomes.length || check.kinds.some((kind) => outcomes.includes(kind))) && (!levels.length || levels.includes(check.level)) &&
        (!differing || check.differs);
      check.row.hidden = !visible;
      if (check.details) check.details.hidden = !visible;
      shown += visible ? 1 : 0;
    }
    for (const body of document.querySelectorAll("#checks tbody")) body.hidden = !body.querySelector(".check:not([hidden])");
    byId("shown").textContent = shown === checks.size ? plural(shown, "check") : `${shown} of ${plural(checks.size, "check")}`;
    byId("nothing").hidden = shown > 0;
    document.querySelector(".scroller").hidden = shown === 0;
  };

  const remember = () => {
    const state = new URLSearchParams();
    if (byId("text").value) state.set("text", byId("text").value);
    if (byId("family").value) state.set("family", byId("family").value);
    for (const name of ["outcome", "level", "differs"]) for (const value of chosen(name)) state.append(name, value);
    const open = [...checks.values()].filter((check) => check.details).map((check) => check.id);
    if (open.length && open.length <= 20) state.set("open", open.join(","));
    try {
      history.replaceState(null, "", `#${state}`);
    } catch { /* some browsers refuse it for files opened too often; then the address stays */ }
  };
  const recall = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    byId("text").value = state.get("text") ?? "";
    byId("family").value = families.includes(state.get("family")) ? state.get("family") : "";
    for (const input of document.querySelectorAll("#filters input[type=checkbox]")) input.checked = state.getAll(input.name).includes(input.value);
    apply();
    const open = (state.get("open") ?? "").split(",").filter((id) => checks.has(id));
    for (const check of checks.values()) setOpen(check, open.includes(check.id));
    if (open.length) checks.get(open[0]).row.scrollIntoView({ block: "nearest" });
  };
  const changed = () => { apply(); remember(); };
  byId("filters").addEventListener("input", changed);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", () => { byId("filters").reset(); changed(); });
  byId("expand").addEventListener("click", () => {
    const failing = [...checks.values()].filter((check) => !check.row.hidden && check.kinds.some((kind) => kind !== "passed" && (judgedKinds.includes(kind) || kind === "error")));
    const open = !failing.every((check) => check.details);
    for (const check of failing) setOpen(check, open, true);
    byId("expand").textContent = open ? "Collapse failures" : "Expand failures";
    remember();
  });
  addEventListener("hashchange", recall);

  // --- Keys ------------------------------------------------------------------------------------------------------------

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      byId("text").focus();
      byId("text").select();
    } else if (event.key === "Escape") {
      const check = checks.get(document.activeElement?.closest?.("tr.check, tr.details")?.id.replace(/^details-/, ""));
      if (check?.details) {
        setOpen(check, false);
        check.button.focus();
        remember();
      } else if (document.activeElement === byId("text")) {
        byId("text").value = "";
        changed();
      }
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || document.activeElement === byId("text"))) {
      if (document.activeElement?.tagName === "PRE") return;
      const buttons = [...document.querySelectorAll(".check:not([hidden]) .open-it")];
      if (!buttons.length) return;
      const at = buttons.indexOf(document.activeElement);
      if (at < 0 && document.activeElement !== byId("text")) return;  // the page scrolls
      const next = at < 0 ? (event.key === "ArrowDown" ? 0 : -1) : at + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      if (next < 0) byId("text").focus();
      else buttons[Math.min(next, buttons.length - 1)].focus();
    }
  });

  // --- Light and dark ----------------------------------------------------------------------------------------------------

  const preferred = matchMedia("(prefers-color-scheme: dark)");
  let theme;
  try { theme = localStorage.getItem("partsmith-theme"); } catch { /* no storage for files */ }
  const paint = () => {
    const dark = (theme ?? (preferred.matches ? "dark" : "light")) === "dark";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    byId("theme-name").textContent = dark ? "☀ Light" : "☾ Dark";
  };
  preferred.addEventListener("change", paint);
  byId("theme").addEventListener("click", () => {
    theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("partsmith-theme", theme); } catch { /* then it lasts as long as the page */ }
    paint();
  });
  paint();
  recall();
  document.documentElement.dataset.ready = "yes";
  dispatchEvent(new Event("page-ready"));
})();
