"""Every place where a room says of which network something is, made so that it can be left out: one at a time.

A *mutant* is the program with one of these left out: `network=…` in a question (`filter`, `exclude`, `get`, `Q` …), or a
comparison of two networks. The places are found in the source, so a new room's are among them. As a plugin of pytest
(`-p tests.promises.mutants`, in a process of its own) this file builds all of them into the modules while they are
imported, asleep, wakes one, and runs the tests that came by its place until one of them fails: then it is killed.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2] / "src" / "manyhands"
# Rooms of people's things. The kernel and the kit know no network; config is the host's, who is above the walls.
NO_ROOMS = {"kernel", "kit", "config", "locale"}
ASKS = {"filter", "exclude", "get", "get_or_create", "update_or_create", "Q", "get_object_or_404"}
BY_NETWORK = re.compile(r"(\w+__)?network(_id)?(__(in|slug|pk|id))?")
A_NETWORK = re.compile(r"(.*\.)?network(_id|\.pk|\.id|\.slug)?|.*\[.network.\]")


def rooms() -> list[str]:
    return sorted(path.parent.name for path in HOUSE.glob("*/__init__.py") if path.parent.name not in NO_ROOMS)


def files() -> list[Path]:
    return [path for room in rooms() for path in sorted((HOUSE / room).rglob("*.py")) if "migrations" not in path.parts]


class Places(ast.NodeTransformer):
    """Finds the places of one file, and builds what leaves them out into its tree."""

    def __init__(self, file: str) -> None:
        self.file, self.inside, self.found = file, [], Counter()
        self.names: list[str] = []

    def _named(self, text: str) -> str:
        """A name that stays when lines move: the file, the function, what stands there, and which of several."""
        name = f"{self.file} {'.'.join(self.inside) or '-'}: {text}"
        self.found[name] += 1
        if self.found[name] > 1:
            name += f" ({self.found[name]})"
        self.names.append(name)
        return name

    def visit(self, node: Any) -> Any:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return super().visit(node)
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        said = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        whole = ast.unparse(node.func).rpartition("(")[0] or ast.unparse(node.func)
        self.generic_visit(node)
        if said not in ASKS:
            return node
        for keyword in node.keywords:
            if keyword.arg and BY_NETWORK.fullmatch(keyword.arg):
                name = self._named(f"{whole.split('.')[0]}…{said}({keyword.arg}={ast.unparse(keyword.value)})")
                kept = ast.Call(
                    ast.Name("_said_of_a_network", ast.Load()), [ast.Constant(name)],
                    [ast.keyword(keyword.arg, keyword.value)],
                )  # fmt: skip
                keyword.arg, keyword.value = None, kept
        return ast.fix_missing_locations(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        text = ast.unparse(node)
        self.generic_visit(node)
        sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
        if len(sides) != 2 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            return node
        if not all(A_NETWORK.fullmatch(side) for side in sides):
            return node
        name = self._named(text)
        return ast.fix_missing_locations(
            ast.copy_location(
                ast.Call(
                    ast.Name("_compared_networks", ast.Load()),
                    [ast.Constant(name), ast.Constant(isinstance(node.ops[0], ast.Eq)), ast.Lambda(_NOTHING, node)], [],
                ),
                node,
            )
        )  # fmt: skip


_NOTHING = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def places_in(source: str, file: str) -> tuple[ast.Module, list[str]]:
    places = Places(file)
    tree = places.visit(ast.parse(source))
    return ast.fix_missing_locations(tree), places.names


def all_mutants() -> list[str]:
    """Every mutant there is today, by name."""
    return [name for path in files() for name in places_in(path.read_text(), _short(path))[1]]


def _short(path: Path) -> str:
    return str(path.relative_to(HOUSE))


# From here on the plugin. It wakes nothing unless MUTANTS says what to try and where to write what came of it.


@dataclass
class Stage:
    """Which mutant is awake, and which were come by."""

    awake: str = ""
    passed: set[str] = field(default_factory=set)
    failures: str = ""


STAGE = Stage()


def _said_of_a_network(name: str, **said: Any) -> dict[str, Any]:
    STAGE.passed.add(name)
    return {} if STAGE.awake == name else said


def _compared_networks(name: str, same: bool, real: Any) -> Any:
    STAGE.passed.add(name)
    return same if STAGE.awake == name else real()


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        tree, _names = places_in(self.get_data(path).decode(), _short(Path(path)))
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        parts = fullname.split(".")
        if parts[0] != "manyhands" or len(parts) < 3 or parts[1] in NO_ROOMS or "migrations" in parts:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found and isinstance(found.loader, importlib.machinery.SourceFileLoader):
            found.loader = _Loader(fullname, found.origin)
        return found


MUTANTS = os.environ.get("MUTANTS")
if MUTANTS:
    assert not any(name.startswith("manyhands.exchange") for name in sys.modules), "Too late to build mutants in."
    builtins._said_of_a_network = _said_of_a_network
    builtins._compared_networks = _compared_networks
    sys.meta_path.insert(0, _Finder())

    def pytest_runtestloop(session: Any) -> bool:
        _run(session, json.loads(Path(MUTANTS).read_text()))
        return True

    def pytest_configure(config: Any) -> None:
        if json.loads(Path(MUTANTS).read_text()).get("without_wall"):
            # As if the wall were not there: what the tests alone see.
            from manyhands.kit import wall

            wall.step_in = lambda network: None
            wall.not_yet = lambda: None


class _Another:
    """A test of another file comes next: whatever this one set up is taken down, but for what is the whole session's."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def listchain(self) -> list[Any]:
        return [self.session]


def _play(session: Any, item: Any, mutant: str = "") -> tuple[bool, bool]:
    """Run one test; whether it failed, and whether it was the wall that spoke."""
    from _pytest.runner import runtestprotocol

    from tests import loud_wall

    STAGE.awake = mutant
    STAGE.passed.clear()
    item._initrequest()
    before = loud_wall.SPOKE.times
    try:
        reports = runtestprotocol(item, nextitem=_Another(session), log=False)
    finally:
        STAGE.awake = ""
    failed = any(report.failed for report in reports)
    STAGE.failures = "".join(str(report.longrepr) for report in reports if report.failed)
    session.shouldfail = session.shouldstop = False
    return failed, loud_wall.SPOKE.times > before


def _run(session: Any, how: dict[str, Any]) -> None:
    """``try``: which mutants (all, if empty), ``by``: mutant -> tests known to kill it. Writes what came of it."""
    from tests import loud_wall

    # Each question is read as well. A test that is not made for that fails awake or not, and is no witness.
    loud_wall.SPOKE.is_strict = True
    items = {item.nodeid: item for item in session.items}
    came_by: dict[str, list[str]] = {}
    broken: list[str] = []
    wanted = how["try"] or all_mutants()
    how_often = Counter()
    if how["by"]:
        came_by = {name: [test for test in tests if test in items] for name, tests in how["by"].items()}
        # What is set up once for all tests is set up asleep: else it is that which fails, with whichever comes first.
        for item in [each for each in session.items if "gathered_once" in each.fixturenames][:1]:
            _play(session, item)
    else:
        known = Path(how["came_by"]) if how.get("came_by") else None
        if known and known.exists():
            came_by = json.loads(known.read_text())
        else:
            for nodeid, item in items.items():
                failed, _wall = _play(session, item)
                passed = set(STAGE.passed)
                if failed:
                    broken.append(nodeid)
                    if how.get("tell"):
                        with Path(how["tell"]).open("a") as told:
                            told.write(f"broken: {nodeid}\n{STAGE.failures[-1500:]}\n")
                    continue
                for name in passed:
                    came_by.setdefault(name, []).append(nodeid)
            if known:
                known.write_text(json.dumps(came_by, ensure_ascii=False))
        for tests in came_by.values():
            how_often.update(tests)
    results: dict[str, Any] = {}
    for name in wanted:
        # What the table of urls says counts first; among each, tests that come by few places are the most to the point.
        tests = [test for test in came_by.get(name, []) if test in items]
        tests.sort(key=lambda test: ("architecture" not in test, how_often[test]))
        results[name] = {"came_by": len(tests), "killed_by": None, "wall": False}
        for test in tests[: how.get("most", 10_000)]:
            failed, spoke = _play(session, items[test], name)
            if failed:
                results[name] |= {"killed_by": test, "wall": spoke}
                break
        if how.get("tell"):
            with Path(how["tell"]).open("a") as told:
                told.write(f"{name} -> {results[name]}\n")
    Path(how["write"]).write_text(json.dumps({"results": results, "broken": broken}, ensure_ascii=False, indent=1))
