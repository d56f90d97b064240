"""What a status cell says about where an ask stands: "Completed 4/15", "cancelado", or TRUE under "Fulfilled"."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Standing(StrEnum):
    """Where the people who kept the sheet left an ask."""

    OPEN = "open"
    HELD = "held"  # somebody is on it
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


_PHRASES: dict[Standing, str] = {
    Standing.OPEN: """
        open; new; new request; unassigned; pending; waiting; to do; todo; not started; ready; needs delivery;
        delivery needed; request received; received; reoccurring; recurring; reopened; active; abierto; nuevo; nueva;
        pendiente; ouvert; nouveau; en attente; offen; neu; aberto; novo; pendente; aperto; nuovo; in attesa; جديد;
        مفتوح; قيد الانتظار; חדש; פתוח; ממתין; 新; 待处理; 未处理; not done; not completed; not complete; incomplete;
        not delivered; not fulfilled; unfulfilled""",
    Standing.HELD: """
        started; in progress; assigned; claimed; taken; matched; on the way; on it; scheduled; delivery assigned;
        out for delivery; processing; being handled; assigned for delivery; en curso; en proceso; asignado; asignada;
        en cours; attribue; in bearbeitung; zugewiesen; vergeben; em andamento; atribuido; in corso; assegnato;
        قيد التنفيذ; בטיפול; שובץ; 进行中; 已分配""",
    Standing.MET: """
        completed; complete; done; delivered; fulfilled; met; closed; resolved; finished; handed over; picked up;
        request completed; delivery completed; delivered completed; successful; success; helped; left at door;
        completado; completada; hecho; entregado; entregada; cumplido; resuelto; cerrado; cerrada; terminado; termine;
        livre; fait; complete; cloture; ferme; satisfait; erledigt; geliefert; abgeschlossen; fertig; zugestellt;
        concluido; concluida; entregue; feito; resolvido; fechado; completato; completata; consegnato; fatto; chiuso;
        مكتمل; تم; تم التسليم; مغلق; הושלם; בוצע; נמסר; סגור; 完成; 已完成; 已送达; 完了; 완료;
        выполнено; готово; доставлено""",
    Standing.PARTLY_MET: """
        partly; partial; partially; partly met; partly fulfilled; partially fulfilled; partially completed; parcial;
        parcialmente; partiellement; teilweise; parzialmente; جزئي; חלקי; 部分完成""",
    Standing.NOT_MET: """
        not met; could not be met; unmet; unable to fulfill; unable to fulfil; can t help; could not help; no capacity;
        failed; rejected; denied; declined; unreachable; unable to reach; no answer; no response; could not reach;
        outside area; out of area; just can t; justcant; expired; rechazado; no se pudo; refuse; abgelehnt; recusado;
        rifiutato; مرفوض; נדחה; לא ניתן; 无法完成""",
    Standing.WITHDRAWN: """
        cancelled; canceled; cancel; withdrawn; no longer needed; not needed; not needed anymore; not wanted; deleted;
        delete; void; cancelado; cancelada; anulado; ya no lo necesita; annule; plus besoin; storniert; abgesagt;
        nicht mehr notig; annullato; ملغي; ملغى; الغيت; בוטל; מבוטל; 取消; 已取消; キャンセル; 취소; отменено""",
    Standing.DUPLICATE: """
        duplicate; duplicated; dupe; double; already asked; duplicado; duplicada; doublon; doppelt; duplikat; duplicato;
        مكرر; כפול; 重复; 重複""",
}
# What one says of a finished thing; with a date or a name behind it ("Completed 4/15 Sam") it still says the same.
_FINISHED_WORDS = {
    "completed": Standing.MET, "delivered": Standing.MET, "fulfilled": Standing.MET, "done": Standing.MET,
    "closed": Standing.MET, "resolved": Standing.MET, "completado": Standing.MET, "entregado": Standing.MET,
    "erledigt": Standing.MET, "livre": Standing.MET, "cancelled": Standing.WITHDRAWN, "canceled": Standing.WITHDRAWN,
    "cancelado": Standing.WITHDRAWN, "withdrawn": Standing.WITHDRAWN, "duplicate": Standing.DUPLICATE,
}  # fmt: skip
_STILL_TO_COME = {"by", "before", "after", "on", "if", "when", "not", "no", "until", "needed", "for"}
_YES = {"true", "yes", "y", "x", "1", "si", "oui", "ja", "sim", "✓", "✔", "☑", "checked", "نعم", "כן", "是"}
_NO = {"false", "no", "n", "0", "non", "nein", "nao", "unchecked", "لا", "לא", "否"}


def _plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w✓✔☑]+", " ", kept).replace("_", " ").split())


_MEANING = {
    _plain(phrase): standing
    for standing, phrases in _PHRASES.items()
    for phrase in phrases.split(";")
    if phrase.strip()
}


def meaning_of(status: str, heading: str = "") -> Standing | None:
    """Where an ask stands by its status cell, or ``None`` where the words say nothing known.

    ``heading`` helps where the cell only says yes or no: TRUE under "Fulfilled" is met, FALSE is open.
    """
    words = _plain(status)
    if not words:
        return None
    if words in _YES | _NO:
        meant = _MEANING.get(_plain(heading).removeprefix("is ").removeprefix("was "))
        return (meant if words in _YES else Standing.OPEN) if meant else None
    without_remarks = _plain(re.sub(r"\(.*?\)|\[.*?\]|\d[\d/.:\-]*", " ", status))
    for said in (words, without_remarks):
        if said in _MEANING:
            return _MEANING[said]
    first, *rest = without_remarks.split() or [""]
    if rest and rest[0] in _STILL_TO_COME:
        return None
    return _FINISHED_WORDS.get(first)
