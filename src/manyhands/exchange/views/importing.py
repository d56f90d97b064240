"""Bringing a spreadsheet in: look at what would come, put columns right, choose, import, read what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.exchange import importing, kept_files
from manyhands.exchange.forms.importing import LABELS, ImportForm, MappingForm, UploadForm
from manyhands.exchange.views.desk import dispatcher
from manyhands.kernel import sheets
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import Refused
from manyhands.kit.uploads import was_too_big
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role

COLUMNS_AT_ONCE = 20
SHOWN = 30


@may_repeat  # it only keeps the file, for an hour
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def upload(request: NetworkRequest) -> HttpResponse:
    """Choose a file; it is looked at before anything comes in."""
    form = UploadForm(too_big=was_too_big(request))
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, too_big=was_too_big(request))
        if form.is_valid():
            file, now = form.cleaned_data["file"], timezone.now()
            data = file.read(sheets.Limits().bytes + 1)
            try:
                sheets.understand(sheets.read(data), region=request.network.country, today=_today(request, now))
            except sheets.Unreadable as no:
                form.add_error("file", gettext(no.template) % no.facts)
            else:
                about = {"name": str(file.name)[:200], "kind": "", "sheet": "", "mapping": {}}
                key = kept_files.keep(data, about, by=dispatcher(request), network=request.network, now=now)
                return redirect("exchange:import_look", network=request.network.slug, key=key)
    return render(request, "exchange/import.html", {"form": form}, status=400 if form.errors else 200)


@may_repeat  # a long import goes in by and by, and each row has a mark of its own
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def look(request: NetworkRequest, key: UUID) -> HttpResponse:
    """What the file would bring. Posting puts columns right, imports, or throws the file away."""
    now, by, network = timezone.now(), dispatcher(request), request.network
    kept = kept_files.find(key, by=by, network=network, now=now)
    if kept is None:
        return render(request, "exchange/import_gone.html", status=404)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "forget":
        kept_files.forget(key, by=by, network=network)
        messages.success(request, _("The file was deleted here. Nothing was imported."))
        return redirect("exchange:import", network=network.slug)
    try:
        table = sheets.read(kept.data, sheet=kept.about["sheet"] or None)
        reading = _understood(request, table, kept, now)
    except sheets.Unreadable as no:
        # What was chosen last does not fit the file: take it back and say so.
        kept_files.say(key, {**kept.about, "kind": "", "sheet": "", "mapping": {}}, by=by, network=network, now=now)
        messages.error(request, gettext(no.template) % no.facts)
        return redirect("exchange:import_look", network=network.slug, key=key)
    columns = Paginator(list(enumerate(reading.mapping)), COLUMNS_AT_ONCE).get_page(request.GET.get("page"))
    mapping_form = MappingForm(
        request.POST if do == "look" else None,
        kind=reading.kind.value,
        sheets=table.sheets,
        sheet=table.sheet,
        columns=list(columns.object_list),
    )
    if do == "look" and mapping_form.is_valid():
        chosen = mapping_form.cleaned_data
        another_sheet = chosen.get("sheet") not in {None, "", table.sheet}
        about = {
            **kept.about,
            "kind": chosen["kind"] or kept.about["kind"],
            "sheet": chosen.get("sheet") or "",
            "mapping": {} if another_sheet else {**kept.about["mapping"], **mapping_form.mapping()},
        }
        kept_files.say(key, about, by=by, network=network, now=now)
        return redirect(f"{request.path}?page={columns.number}" if columns.number > 1 else request.path)
    import_form = ImportForm(request.POST if do == "import" else None)
    if do == "import" and import_form.is_valid():
        try:
            report = importing.bring_in(reading, network=network, choice=import_form.choice(), by=by, now=now)
        except Refused as no:
            import_form.add_error(None, str(no))
        else:
            kept_files.forget(key, by=by, network=network)
            return _report(request, report, kept, reading)
    seen = importing.look(reading, network=network, person=by)
    context = {
        "name": kept.about["name"],
        "table": table,
        "reading": reading,
        "kind": reading.kind.value,
        "seen": seen,
        **_doubles(seen),
        "columns": columns,
        "rows": [(column, mapping_form[f"column_{number}"], LABELS[column.field.value]) for number, column in columns],
        "mapping_form": mapping_form,
        "import_form": import_form,
        "problems": _problems(reading),
        "more_problems": max(0, len(sheets.grouped(reading.problems)) - SHOWN),
    }
    return render(request, "exchange/import_look.html", context, status=400 if import_form.errors else 200)


def _understood(request: NetworkRequest, table: sheets.Table, kept: kept_files.Kept, now: datetime) -> sheets.Reading:
    mapping = {heading: field for heading, field in kept.about["mapping"].items() if heading in table.headings}
    return sheets.understand(
        table,
        mapping or None,
        kind=kept.about["kind"] or None,
        region=request.network.country,
        today=_today(request, now),
    )


def _today(request: NetworkRequest, now: datetime) -> Any:
    return now.astimezone(request.network.zone).date()


def _problems(reading: sheets.Reading) -> list[dict[str, Any]]:
    """What to look at, the same thing in one column once, in the reader's language."""
    return [
        {
            "sentence": gettext(group.first.template) % group.first.facts,
            "more": group.count - 1,
            "rows": ", ".join(str(row) for row in group.rows[1:]),
            "tone": "calm" if group.first.only_told else "wait",
        }
        for group in sheets.grouped(reading.problems)[:SHOWN]
    ]


def _doubles(seen: importing.Look) -> dict[str, Any]:
    """What may be double: rows imported before as a number, the others one by one."""
    others = [double for double in seen.doubles if double.reason != importing.IMPORTED_BEFORE]
    before = {double.row for double in seen.doubles if double.reason == importing.IMPORTED_BEFORE}
    return {"doubles": others[:SHOWN], "more_doubles": max(0, len(others) - SHOWN), "before": len(before)}


def _report(
    request: NetworkRequest, report: importing.Report, kept: kept_files.Kept, reading: sheets.Reading
) -> HttpResponse:
    codes = [(row, codes) for row, codes in sorted(report.codes.items())]
    return render(
        request,
        "exchange/imported.html",
        {
            "report": report,
            "name": kept.about["name"],
            "in_file": len(reading.records),
            "skipped": report.skipped[: 4 * SHOWN],
            "more_skipped": max(0, len(report.skipped) - 4 * SHOWN),
            "codes": codes[:SHOWN],
            "more_codes": max(0, len(codes) - SHOWN),
        },
    )
