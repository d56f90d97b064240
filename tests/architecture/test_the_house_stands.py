"""The rules of the house that hold for every room: foreign keys, doors, words, sorted fields, lifecycles."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.models import DateTimeField
from django.template import Context, Template

from manyhands.kit import personal
from manyhands.kit.sealed_fields import BlindIndexField, SealedField

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "manyhands"
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
HEIGHT = {room.strip(): -step for step, row in enumerate(LAYERS) for room in row.split("|")}
ROOMS = sorted(path.parent.name for path in HOUSE.glob("*/__init__.py"))
DOORS = {"actions", "queries", "models", "states", "here"}
HALLWAYS = {"config", "kit", "kernel"}
EDGES = {"views", "views.py", "config", "management", "tasks.py", "here.py"}
NOT_A_NAME = {"utils", "helpers", "common", "services", "signals", "serializers", "misc", "base", "core"}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("manyhands.")]


def crossings():
    for model in our_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                here, there = model._meta.app_label, field.related_model._meta.app_label
                if there in HEIGHT and there != here:
                    yield model, field, there


def test_there_are_crossings_to_look_at():
    assert len(list(crossings())) > 10


def test_foreign_keys_point_down():
    ups = [
        f"{model._meta.label}.{field.name}"
        for model, field, there in crossings()
        if HEIGHT[model._meta.app_label] <= HEIGHT[there]
    ]
    assert ups == []


def test_foreign_keys_leave_no_way_back_up():
    named = [f"{model._meta.label}.{field.name}" for model, field, _ in crossings() if not field.remote_field.hidden]
    assert named == []


def test_rooms_are_entered_through_their_doors():
    graph = grimp.build_graph("manyhands")
    strays = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            a, b = importer.split("."), imported.split(".")
            if len(b) < 3 or len(a) < 2 or a[1] == b[1] or a[1] == "config" or b[1] in HALLWAYS:
                continue
            if b[2] not in DOORS:
                strays.append(f"{importer} -> {imported}")
    assert strays == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_sentence_at_its_door_and_nothing_else(room):
    tree = ast.parse((HOUSE / room / "__init__.py").read_text())
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_no_file_is_named_after_nothing():
    bad = [str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*.py") if path.stem in NOT_A_NAME]
    assert bad == []


def test_nobody_listens_behind_the_scenes():
    """What reacts to what is called by name: no receivers."""
    offenders = [str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*.py") if "@receiver" in path.read_text()]
    assert offenders == []


def test_only_the_edges_read_the_clock():
    """Actions, rules, queries, models and the kernel are told the time; pages and commands read it."""
    offenders = []
    for path in HOUSE.rglob("*.py"):
        parts = path.relative_to(HOUSE).parts
        if EDGES & set(parts) or "migrations" in parts:
            continue
        if re.search(r"timezone\.now\(\)|datetime\.now\(|date\.today\(|time\.time\(", path.read_text()):
            offenders.append("/".join(parts))
    assert offenders == []


def _functions(path: Path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_every_action_says_who_and_when():
    """Public actions take everything but their subject by keyword, and `now` among it."""
    lapses = []
    for room in ROOMS:
        files = [HOUSE / room / "actions.py", *(HOUSE / room / "actions").glob("*.py")]
        for path in files:
            if not path.exists() or room == "journal":
                continue
            for function in _functions(path):
                keywords = {argument.arg for argument in function.args.kwonlyargs}
                writes = any(
                    isinstance(node, ast.Attribute) and node.attr in {"record", "save", "create", "delete"}
                    for node in ast.walk(function)
                )
                if writes and function.name not in BELOW_ACTIONS and "now" not in keywords:
                    lapses.append(f"{room}.{function.name}")
    assert lapses == []


# Parts of actions that other actions of the same room share; they never stand alone behind a page.
BELOW_ACTIONS = {"add_contact_point", "save_with_code", "mark_as_demo", "give_what_was_promised"}


def test_no_page_starts_from_a_whole_table():
    """Pages ask `queries`, which know who may see what."""
    pages = [*HOUSE.rglob("views.py"), *HOUSE.glob("*/views/*.py")]
    offenders = [str(path.relative_to(HOUSE)) for path in pages if re.search(r"\.objects\b", path.read_text())]
    assert offenders == []


def test_every_field_is_sorted():
    """Every field of every model is public, internal, personal or dangerous, once."""
    sorted_fields = {}
    for room in ROOMS:
        if (HOUSE / room / "personal.py").exists():
            # The kit's personal.py is also where the sorting itself is written.
            for holds in importlib.import_module(f"manyhands.{room}.personal").HOLDS:
                sorted_fields[holds.model] = set(holds.fields)
    stored = {
        model._meta.label: {field.name for field in model._meta.get_fields() if field.concrete}
        for model in our_models()
    }
    assert sorted_fields == stored


def _holds():
    for room in sorted(set(ROOMS) - HALLWAYS):
        if (HOUSE / room / "personal.py").exists():
            yield from importlib.import_module(f"manyhands.{room}.personal").HOLDS


def test_what_is_personal_or_dangerous_is_sealed():
    """Seal the field (kit.sealed_fields), or name it in its room's personal.py under ``unsealed`` with why not."""
    lying_open, no_need = [], []
    for holds in _holds():
        for name, kind in holds.fields.items():
            field = apps.get_model(holds.model)._meta.get_field(name)
            is_meant = kind in {"personal", "dangerous"}
            if is_meant and not isinstance(field, SealedField) and name not in holds.unsealed:
                lying_open.append(f"{holds.model}.{name}")
            if name in holds.unsealed and (isinstance(field, SealedField) or not is_meant):
                no_need.append(f"{holds.model}.{name}")
        no_need += [f"{holds.model}.{name}" for name in holds.unsealed if name not in holds.fields]
    assert (lying_open, no_need) == ([], [])


def test_what_lies_open_says_why_truly():
    """A field is only excused as what it is: a pointer, a time, an index, a short code; never words or numbers of places."""
    for holds in _holds():
        for name, why in holds.unsealed.items():
            field = apps.get_model(holds.model)._meta.get_field(name)
            assert field.is_relation == (why == personal.POINTS), f"{holds.model}.{name}"
            assert isinstance(field, DateTimeField) == (why == personal.WHEN), f"{holds.model}.{name}"
            assert isinstance(field, BlindIndexField) == (why == personal.FINDS), f"{holds.model}.{name}"
            assert len(why.split()) > 5
            if why in {personal.SPOKEN, personal.OPENS_A_DOOR}:
                assert name in {"language", "password", "nonce", "token_digest"}, f"{holds.model}.{name}"


def test_sealed_fields_are_told_to_be_about_people():
    """What is sealed is personal or dangerous in personal.py: the two never say different things."""
    kinds = {(holds.model, name): kind for holds in _holds() for name, kind in holds.fields.items()}
    sealed = [
        (model._meta.label, field.name)
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    assert len(sealed) >= 19
    assert {kinds[each] for each in sealed} <= {"personal", "dangerous"}


def test_every_lifecycle_names_every_state():
    tables = 0
    for room in ROOMS:
        if not (HOUSE / room / "states.py").exists():
            continue
        states = importlib.import_module(f"manyhands.{room}.states")
        for name in dir(states):
            if name == "MOVES" or name.endswith("_MOVES"):
                moves = getattr(states, name)
                kinds = {type(state) for state in moves}
                assert len(kinds) == 1, f"{room}.{name}"
                assert set(moves) == set(next(iter(kinds))), f"{room}.{name}"
                tables += 1
    assert tables >= 5


def test_nothing_is_left_unfinished():
    offenders = [
        str(path.relative_to(ROOT))
        for path in [*HOUSE.rglob("*.py"), *HOUSE.rglob("*.html"), *HOUSE.rglob("*.js"), *HOUSE.rglob("*.css")]
        if re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", path.read_text())
    ]
    assert offenders == []


def test_styles_know_no_left_and_right():
    """Every page also reads from right to left."""
    offenders = []
    for path in HOUSE.rglob("*.css"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"(margin|padding|border)-(left|right)|text-align:\s*(left|right)|\b(left|right):", line):
                offenders.append(f"{path.name}:{number}")
    assert offenders == []


def test_templates_carry_no_inline_style_or_script():
    offenders = []
    for path in HOUSE.rglob("*.html"):
        text = path.read_text()
        if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)", text):
            offenders.append(str(path.relative_to(HOUSE)))
    assert offenders == []


def test_nothing_is_asked_of_a_third_party():
    """No page, style or script names another host; addresses of standards (xmlns) are names, not requests."""
    asking = re.compile(r"(?:src|href|action|url|fetch|import)\s*[=(]\s*[\"']?((?:https?:)?//[^\s\"')]+)")
    offenders = [
        f"{path.name}: {found}"
        for path in [*HOUSE.rglob("*.html"), *HOUSE.rglob("*.css"), *HOUSE.rglob("*.js")]
        for found in asking.findall(path.read_text())
        if "www.w3.org" not in found
    ]
    assert offenders == []


# What opens a line to another machine, and where that may be written. Mail goes out through Django.
OPENS_LINES = re.compile(
    r"^\s*(?:import|from) +(urllib\.request|http\.client|requests|httpx|aiohttp|urllib3|ftplib|imaplib|poplib|telnetlib"
    r"|nntplib|xmlrpc|asyncio|socketserver)\b"
    r"|\b(create_connection|AF_INET6?|getaddrinfo|gethostbyname|urlopen|urlretrieve|smtplib\.SMTP(?:_SSL)?\()",
    re.MULTILINE,
)


def test_the_house_asks_others_through_one_door():
    """`kit.outside` looks where an address leads before it asks (P-61); a socket to a process of this machine is none."""
    assert OPENS_LINES.search("from urllib.request import urlopen")
    offenders = [
        str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*.py")
        if OPENS_LINES.search(path.read_text()) or re.search(r"^import socket$(?![\s\S]*AF_UNIX)", path.read_text(), re.MULTILINE)
    ]  # fmt: skip
    assert offenders == ["kit/outside.py"]


def test_every_form_that_posts_carries_both_marks():
    """Its mark against strangers, and the one by which it is done once though it comes twice (the room `once`)."""
    offenders, forms = [], 0
    for path in [*HOUSE.rglob("*.html"), *HOUSE.rglob("*.py")]:
        if "examples" in path.parts:
            continue  # the gallery's, which lead nowhere
        text = path.read_text()
        for form in re.finditer(r"<form\b[^>]*\bmethod=[\"']?post\b", text, re.IGNORECASE):
            forms += 1
            within = text[form.end() :].split("</form>")[0]
            if not re.search(r"{% csrf_token %}|hidden_marks\(", within if path.suffix == ".html" else text):
                offenders.append(f"{path.relative_to(HOUSE)}: {form.group()}")
    assert forms > 50
    assert offenders == []


def test_the_mark_of_a_form_is_ours():
    """`{% csrf_token %}` in any template, a later room's too, makes both marks."""
    drawn = Template("{% csrf_token %}").render(Context({"csrf_token": "abc"}))
    assert re.fullmatch(
        r'<input[^>]*csrfmiddlewaretoken[^>]*><input type="hidden" name="once" value="\w{30}"[^>]*>', drawn
    )
    assert Template("{% csrf_token %}").render(Context({})) == ""
