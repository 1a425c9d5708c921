"""`wirewatch routes`, and what `check` says of a `routes.yaml` that leads astray."""

from __future__ import annotations

import json

import pytest

from tests.servers.service import Wirewatch

ROUTES = """\
channels:
  here: {type: console}
  asia: {type: slack, channel: "#asia"}
  desk: {type: slack, channel: "#world"}
  night: {type: email, to: [desk@example.org]}
routes:
  - when: {tag: asia, relation: [new, update]}
    to: asia
    quiet: {hours: "22:00-06:30", days: [mon-fri], zone: Europe/Berlin, passes: high}
    throttle: {by: rule, every: 1h, exponential: true}
    routes:
      - when: {severity: flash}
        to: [asia, desk]
        quiet: off
        escalate: {after: 10m, to: night}
        continue: true
      - when: {time: {hours: "08:00-20:00", zone: Asia/Tokyo}}
        digest: {every: 2h, zone: Asia/Tokyo, title: World}
        quiet: off
  - when: {severity: low}
    to: night
    digest: {cron: "0 7 * * mon-fri", zone: Europe/Berlin}
    catch_up: {cap: 3}
  - to: here
    inhibit: 1h
ops: [here]
"""

RULES = """\
rules:
  - {id: quake, query: quake, severity: flash, tags: [asia]}
  - {id: port, query: port, tags: [asia, trade]}
  - {id: meet, query: meets, severity: low}
  - {id: strike, query: strike, severity: high}
  - {id: trial, query: trial, status: shadow}
  - {id: wave, query: fire, when: {count: 3, within: 2h}, throttle: 1d}
"""


@pytest.fixture
def user(user: Wirewatch) -> Wirewatch:
    """Somebody with routes of two levels and rules of every severity."""
    for path in user.rules.glob("*.yaml"):
        path.unlink()
    user.write("feeds.yaml", "feeds: []\n")
    user.write("routes.yaml", ROUTES)
    user.write("mine.yaml", RULES)
    return user


# ── show ────────────────────────────────────────────────────────────────────


def test_show_draws_the_tree(user: Wirewatch) -> None:
    done = user.command("routes", "show")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "├── 1  tag asia, relation new or update → asia",
        "│   quiet: 22:00-06:30 mon-fri Europe/Berlin, high passes",
        "│   throttle: one for each rule in 1h, doubling up to 1d",
        "│   ├── 1.1  severity flash → asia, desk  and reads on",
        "│   │   quiet: off",
        "│   │   escalate: to night after 10m",
        "│   └── 1.2  time 08:00-20:00 Asia/Tokyo → asia",
        "│       digest: every 2h Asia/Tokyo, “World”",
        "│       quiet: off",
        "├── 2  severity low → night",
        "│   digest: cron 0 7 * * mon-fri Europe/Berlin",
        "│   catch up: 3 in 10m",
        "└── 3  all → here",
        "    inhibit: 1h",
        "the service's own troubles → here",
    ]


# ── test ────────────────────────────────────────────────────────────────────


def channels(user: Wirewatch, text: str, *options: str) -> dict[str, tuple[str, str]]:
    """By channel that hears of a text, the route that says so and how long it waits."""
    done = user.command("routes", "test", "--json", *options, text=text)
    return {said["channel"]: (said["route"], said["waits"]) for said in json.loads(done.stdout)["channels"]}


AT_NIGHT = ("--at", "2026-03-10T23:15+01:00")
BY_DAY = ("--at", "2026-03-10T09:15+09:00")


@pytest.mark.parametrize(
    ("text", "options", "heard"),
    [
        pytest.param(
            "A port is closed",
            AT_NIGHT,
            {"asia": ("1", "waits until 2026-03-11 05:30:00 UTC: quiet hours")},
            id="quiet hours",
        ),
        pytest.param(
            "A port is closed",
            BY_DAY,
            {"asia": ("1.2", "waits until 2026-03-10 01:00:00 UTC: digest")},
            id="another digest by day",
        ),
        pytest.param("A quake", AT_NIGHT, {"asia": ("1.1", ""), "desk": ("1.1", "")}, id="a flash passes"),
        pytest.param(
            "Lavrov meets Wang Yi after a strike",
            AT_NIGHT,
            {"night": ("2", "waits until 2026-03-11 06:00:00 UTC: digest"), "here": ("3", "")},
            id="two rules, two routes",
        ),
        pytest.param(
            "A quake and a strike",
            BY_DAY,
            {
                "asia": ("1.1", ""),
                "desk": ("1.1", ""),
                "here": ("3", "waits until 2026-03-10 01:15:00 UTC: inhibition"),
            },
            id="a flash beside it",
        ),
        pytest.param(
            '{"title": "EMBARGOED UNTIL 0200 GMT - A strike"}',
            BY_DAY,
            {"here": ("3", "waits until 2026-03-10 02:00:00 UTC: embargo")},
            id="embargo",
        ),
        pytest.param(
            "EMBARGOED UNTIL 0200 GMT - A strike\nat noon.",
            BY_DAY,
            {"here": ("3", "waits until 2026-03-10 02:00:00 UTC: embargo")},
            id="embargo of a text",
        ),
        pytest.param('{"title": "FLASH: A port is closed"}', AT_NIGHT, {"asia": ("1", "")}, id="a flash of the desk"),
        pytest.param(
            '{"title": "Closed", "body": "The port.", "kind": "flash"}',
            AT_NIGHT,
            {"asia": ("1", "")},
            id="item as JSON",
        ),
        pytest.param("A port is closed", ("--relation", "copy"), {"here": ("3", "")}, id="a copy goes elsewhere"),
        pytest.param(
            json.dumps(
                {"event": "raised", "rules": ["strike", "gone"], "severity": "low", "item": {"title": "Walkout"}}
            ),
            BY_DAY,
            {"here": ("3", ""), "night": ("2", "waits until 2026-03-10 06:00:00 UTC: digest")},
            id="alert as JSON, one of its rules gone",
        ),
        pytest.param("Nothing to see", (), {}, id="no rule"),
        pytest.param("A trial begins", (), {}, id="only a rule in the shadow"),
    ],
)
def test_who_hears_and_when(
    user: Wirewatch, text: str, options: tuple[str, ...], heard: dict[str, tuple[str, str]]
) -> None:
    assert channels(user, text, *options) == heard


def test_what_the_console_wrote_can_be_sent_through_again(user: Wirewatch) -> None:
    event = {
        "event": "attached",
        "rules": ["port"],
        "severity": "normal",
        "relation": "copy",
        "item": {"key": "1", "feed": "a", "source": "A", "title": "A port is closed", "kind": "news", "seen_at": "x"},
        "hits": [{"rule": "port", "field": "title", "start": 2, "end": 6, "text": "port"}],
    }
    done = user.command("routes", "test", text=json.dumps(event))
    assert "(not so: relation)" in done.stdout
    assert done.stdout.splitlines()[-2:] == [
        "here  route 3, at once",
        "  for 1h after a flash on its story, what is less waits",
    ]


@pytest.mark.parametrize(("kind", "raises"), [("withdrawal", False), ("correction", True)])
def test_what_alerts_nobody_anew_is_told(user: Wirewatch, kind: str, raises: bool) -> None:
    item = json.dumps({"title": "A strike", "kind": kind})
    assert json.loads(user.command("routes", "test", "--json", text=item).stdout)["raises"] is raises
    assert ("nobody is alerted anew" in user.command("routes", "test", text=item).stdout) is not raises


def test_a_rule_that_counts_and_its_throttle_are_told(user: Wirewatch) -> None:
    done = user.command("routes", "test", text="A fire\n")
    assert "wave  normal  counts: fires with 3 stories within 2h" in done.stdout
    assert "  throttle of wave: one in 1d\n" in done.stdout


def test_the_way_is_told(user: Wirewatch) -> None:
    done = user.command("routes", "test", *AT_NIGHT, text="A port is closed by a trial\n")
    assert done.returncode == 0
    assert done.stdout == (
        "A port is closed by a trial\n"
        "news, new, 2026-03-10 22:15:00 UTC\n"
        "\n"
        "port  normal  asia, trade\n"
        "  ✓ 1  tag asia, relation new or update → asia\n"
        "    ✗ 1.1  severity flash  (not so: severity)\n"
        "    ✗ 1.2  time 08:00-20:00 Asia/Tokyo  (not so: time)\n"
        "\n"
        "trial  normal  in the shadow: nobody is told\n"
        "\n"
        "asia  route 1, waits until 2026-03-11 05:30:00 UTC: quiet hours\n"
        "  throttle: one for each rule in 1h, doubling up to 1d\n"
    )


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        pytest.param("A strike", ("--expect", "here"), 0, "here  route 3", id="as expected"),
        pytest.param("A strike", ("--expect", "night"), 1, "expected: night", id="others"),
        pytest.param("A quake", ("--expect", "asia"), 1, "expected: asia", id="more than expected"),
        pytest.param("A quake", ("--expect", "desk", "--expect", "asia"), 0, "asia  route 1.1", id="exactly these"),
        pytest.param("Nothing", (), 1, "no rule matches", id="nobody"),
        pytest.param("A strike", ("--expect", "nigth"), 2, "there is no channel 'nigth'", id="no such channel"),
        pytest.param("A strike", ("--at", "noon"), 2, "'noon' is no time", id="no time"),
        pytest.param('{"title": 5}', (), 2, "`title`: it should be a valid string", id="no item"),
        pytest.param('{"event": "ops"}', (), 2, "`title` is missing", id="neither an item nor an alert"),
        pytest.param('{"title": "a",}', (), 2, "-:1:15: is no JSON", id="no JSON"),
        pytest.param("", (), 2, "there is no text in it", id="nothing given"),
        pytest.param(
            '{"version": "https://jsonfeed.org/version/1.1", "title": "a", "items": []}',
            (),
            2,
            "there are 0 items in it",
            id="a feed",
        ),
    ],
)
def test_the_exit_code(user: Wirewatch, text: str, options: tuple[str, ...], code: int, said: str) -> None:
    done = user.command("routes", "test", *options, text=text)
    assert done.returncode == code
    assert said in done.stdout + done.stderr


# ── check ───────────────────────────────────────────────────────────────────


def test_a_route_that_is_never_read_is_noted(user: Wirewatch) -> None:
    user.write("routes.yaml", "channels: {a: {type: console}}\nroutes:\n  - to: a\n  - {when: {tag: asia}, to: a}\n")
    done = user.command("check")
    assert done.returncode == 0
    assert "routes.yaml:4:5: this route is never read: one before it fits everything" in done.stdout


HEAD = "channels: {a: {type: console}, b: {type: console}}\nops: [a]\nroutes:\n"


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        pytest.param("- routes: [{to: c}]", "4:17", "there is no channel 'c'", id="channel below"),
        pytest.param(
            "- {to: a, escalate: {after: 1m, to: [b, c]}}", "4:41", "there is no channel 'c'", id="escalation"
        ),
        pytest.param("- {to: a, routes: [{when: {rule: lavrof}}]}", "4:34", "did you mean lavrov?", id="rule below"),
        pytest.param("- {to: a, when: {entity: ryabkof}}", "4:26", "there is no entity 'ryabkof'", id="entity"),
        pytest.param("- {when: {rule: lavrov}}", "4:3", "what stays with this route goes nowhere", id="nowhere"),
        pytest.param("- routes: [{when: {tag: x}, to: a}]", "4:3", "goes nowhere", id="nowhere but below"),
        pytest.param("- {to: a, digest: {cron: 0 25 * * *}}", "4:26", "bad hour", id="cron"),
        pytest.param(
            "- {to: a, digest: {title: x}}", "4:19", "write either `every` or `cron`", id="digest without a clock"
        ),
        pytest.param("- {to: a, quiet: {zone: Europe/Berln}}", "4:25", "did you mean Europe/Berlin?", id="zone"),
        pytest.param("- {to: a, quiet: [{hours: 22-6}]}", "4:27", "write them such as 22:00-06:30", id="hours"),
        pytest.param("- {to: a, quiet: {}}", "4:3", "`quiet` never ends", id="always quiet"),
        pytest.param("- {to: a, throttle: {by: rule}}", "4:21", "`every` is missing", id="throttle without end"),
        pytest.param("- {to: a, throttle: {evry: 1h}}", "4:22", "did you mean every?", id="key of a term"),
        pytest.param("- {to: a, routes: [{when: {relaton: new}}]}", "4:28", "did you mean relation?", id="key below"),
        pytest.param("- {to: a, when: {time: {days: monday}}}", "4:31", "is not a day of the week", id="day"),
    ],
)
def test_a_route_that_leads_astray_is_refused_with_its_place(user: Wirewatch, line: str, place: str, said: str) -> None:
    user.write("routes.yaml", f"{HEAD}{line}\n")
    user.write("mine.yaml", "rules:\n  - {id: lavrov, query: Lavrov}\n")
    user.write("entities/mine.yaml", "entities:\n  - {id: ryabkov, name: Sergei Ryabkov}\n")
    done = user.command("check")
    assert done.returncode == 2
    assert f"routes.yaml:{place}: " in done.stderr
    assert said in done.stderr
