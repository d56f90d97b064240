"""Taking everything a network holds with you."""

from __future__ import annotations

import tempfile
import zipfile

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from manyhands.exchange import exporting
from manyhands.exchange.forms.exporting import ExportForm
from manyhands.exchange.views.desk import dispatcher
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.here import fresh_sign_in_required

IN_MEMORY = 8_000_000


@may_repeat  # it takes long, and changes nothing but who saw it
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
@fresh_sign_in_required()
def export(request: NetworkRequest) -> HttpResponseBase:
    """Explain what comes, and hand over one archive of CSV files."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            files = exporting.give_back(request.network, by=dispatcher(request), now=now)
        except Refused as no:
            form.add_error(None, str(no))
            return render(request, "exchange/export.html", {"form": form}, status=400)
        archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        archive.seek(0)
        day = now.astimezone(request.network.zone).date()
        return FileResponse(
            archive,
            as_attachment=True,
            filename=f"{request.network.slug}-{day:%Y-%m-%d}.zip",
            content_type="application/zip",
        )
    answer: HttpResponse = render(request, "exchange/export.html", {"form": form}, status=400 if form.errors else 200)
    return answer
