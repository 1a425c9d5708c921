"""Lucene Monitor on the same items and rules, in the same run.

    python -m tests.benchmarks.lucene [JAR] [RULES ...]

JAR is a lucene.jar with the module `monitor`, such as Debian's liblucene9-java
installs. Both engines read raw texts, and know how frequent words are; both
must match the same, item by item, or there are no figures. CPU time is that of
their processes, warmed up on all items. Lucene tells which queries match, or
where too; Wirewatch always tells where.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from monitor import rules
from monitor.desk import kept
from monitor.model import Item
from monitor.rules.query import parse
from monitor.rules.tokens import words
from tests.benchmarks.figures import table
from tests.benchmarks.lucene.queries import Names, brackets
from tests.benchmarks.watch import COMPARABLE, Query, Watch, rule_files

JAR = Path("/usr/share/java/lucene9.jar")
SIZES = (10_000, 100_000)
ITEMS = 1_000
LATELY = 1_000
PASSES = 3
PROGRAM = Path(__file__).with_name("Percolate.java")
SETTINGS = {
    ("default", "which"): "by default",
    ("1", "which"): "by the rarest term",
    ("1", "where"): "by the rarest term, tells places",
}
"""How Lucene chooses the queries that it evaluates, and whether it tells where they match, as Wirewatch does."""
SERVICES = {
    "Codec": "lucene912.Lucene912Codec",
    "PostingsFormat": "lucene912.Lucene912PostingsFormat",
    "DocValuesFormat": "lucene90.Lucene90DocValuesFormat",
}
"""What Debian's jar of Lucene 9.12 has, but does not declare."""


def report(jar: Path = JAR, sizes: Sequence[int] = SIZES) -> str:
    """A table, or why there is none."""
    if not shutil.which("java") or not jar.exists():
        return f"Not measured: Java 21 and {jar} are needed.\n"
    rows = [row for count in sizes for row in compare(jar, count)]
    figures = table(("rules", "engine", "items a CPU second", "Wirewatch is faster", "load s"), rows)
    return (
        f"{ITEMS:,} items of 90 words, rules of the kinds that both engines know. Both read raw texts, know how "
        f"frequent words are, and match the same. CPU time of the processes, of {PASSES} passes the fastest.\n\n"
        f"{figures}"
    )


def compare(jar: Path, count: int) -> list[tuple[float | str, ...]]:
    """Figures of both engines for so many rules. Fails when they do not match the same."""
    watch = Watch()
    queries, entity_file = watch.queries(count, COMPARABLE), watch.entity_file(shorts=False)
    lately, items = watch.items(LATELY), watch.items(ITEMS)
    start = time.process_time()
    with kept():
        rule_set = rules.load([("people.yaml", entity_file)], rule_files(queries)).tuned(lately)
    loaded = time.process_time() - start
    fired = [{match.rule for match in rule_set.match(item)} for item in items]
    ours = ITEMS / min(_pass(rule_set, items) for _ in range(PASSES))
    found: list[tuple[float | str, ...]] = [(f"{count:,}", "Wirewatch", ours, "", loaded)]
    names = {entity.id: tuple(words(entity.name)) for entity in rule_set.entities.values()}
    with tempfile.TemporaryDirectory(prefix="lucene-") as name:
        folder = Path(name)
        _write(folder, queries, names, lately, items)
        for setting, told in SETTINGS.items():
            load, seconds = _percolate(jar, setting, folder)
            theirs = [set(line.split()) for line in (folder / "matches").read_text().split("\n")[:-1]]
            if theirs != fired:
                raise AssertionError(_difference(queries, fired, theirs))
            found.append(
                (f"{count:,}", f"Lucene Monitor, {told}", ITEMS / seconds, f"{ours * seconds / ITEMS:.1f} times", load)
            )
    return found


def _pass(rule_set: rules.RuleSet, items: Sequence[Item]) -> float:
    """CPU seconds to match all items."""
    start = time.process_time()
    for item in items:
        rule_set.match(item)
    return time.process_time() - start


def _write(folder: Path, queries: Sequence[Query], names: Names, lately: Sequence[Item], items: Sequence[Item]) -> None:
    """What the program reads."""
    having = Counter(word for item in lately for word in {*words(item.title), *words(item.body), item.lang})
    listed = [f"r{number}\t{brackets(parse(query.text), names)}" for number, query in enumerate(queries)]
    texts = ["\t".join((item.title, item.body, item.lang)) for item in items]
    (folder / "frequencies").write_text("\n".join(f"{word}\t{number}" for word, number in having.items()))
    (folder / "queries").write_text("\n".join(listed))
    (folder / "items").write_text("\n".join(texts))
    services = folder / "META-INF" / "services"
    services.mkdir(parents=True)
    for service, provider in SERVICES.items():
        package = "org.apache.lucene.codecs."
        (services / f"{package}{service}").write_text(f"{package}{provider}\n")


def _percolate(jar: Path, setting: tuple[str, str], folder: Path) -> tuple[float, float]:
    """Seconds to load, and of CPU time to match all items."""
    files = [str(folder / name) for name in ("frequencies", "queries", "items", "matches")]
    java = ["java", "-Xmx8g", "-XX:+UseSerialGC", "-cp", f"{jar}:{folder}"]
    said = subprocess.run([*java, str(PROGRAM), *setting, *files], check=True, stdout=subprocess.PIPE, text=True)
    loaded, seconds = map(float, said.stdout.split())
    return loaded, seconds


def _difference(queries: Sequence[Query], ours: Sequence[set[str]], theirs: Sequence[set[str]]) -> str:
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        for rule in one ^ other:
            engine = "Wirewatch" if rule in one else "Lucene"
            return f"item {number}: {queries[int(rule[1:])].text} matches for {engine} only"
    return "the engines do not match the same"
