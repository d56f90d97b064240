"""Fields that lie sealed in the database, each value under the key of the person it is about.

A value opens when its row's attribute is read, and only there: it is tied to its network, table, column and row, and
opens nowhere else. The database sees bytes. It can't compare, sort or search them, and whoever asks it to is told
so at once (`Misused`): read the rows and look at them in Python; what has to be found exactly gets a `BlindIndexField`.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, NoReturn, Self
from uuid import UUID

from django import forms
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute

from manyhands.kernel import sealing
from manyhands.kit import ring

GENERATION = 1
SHORT, STEP, LONG_STEP = 256, 32, 256  # text is filled up to so many bytes, so that its length says little
AT_ONCE = 2_000  # keys fetched together


class Misused(TypeError):
    """A sealed value was asked for where only ciphertext is at hand."""


Lying = tuple[Any, Any, Any]  # under whose key, in which network, as which row


@dataclass(frozen=True, slots=True)
class Under:
    """Whose key a model's sealed fields lie under, and what ties a value to its row: names of the row's attributes."""

    holder: str
    row: str = "id"
    network: str = ""

    def of(self, instance: Any) -> Lying:
        """How a row lies now."""
        network = getattr(instance, self.network) if self.network else None
        return getattr(instance, self.holder), network, getattr(instance, self.row)

    def of_loaded(self, columns: Mapping[str, Any]) -> Lying | None:
        """How a row lay when it was loaded; unknown where not all of that was loaded."""
        try:
            return columns[self.holder], columns[self.network] if self.network else None, columns[self.row]
        except KeyError:
            return None


class Sealed:
    """What lies in a sealed column. Good for nothing but being put back, or opened by the row it belongs to."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return f"<sealed, {len(self.content)} bytes>"

    def _refuse(self, *_others: object) -> NoReturn:
        raise Misused("A sealed value was read without its row. Load the row and read its attribute.")

    __str__ = __bytes__ = __bool__ = __len__ = __iter__ = __float__ = __getitem__ = __contains__ = _refuse
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __format__ = __add__ = __radd__ = _refuse
    __hash__ = _refuse


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _key_of(holder: UUID) -> bytes | None:
    """The key of a person or network; none where it was destroyed."""
    try:
        return ring.key_of(holder)
    except ring.Gone:
        return None


class _Bunch:
    """Rows loaded one after the other: the first of them to be opened fetches the keys of all."""

    __slots__ = ("holders", "keys")

    def __init__(self) -> None:
        self.holders: set[UUID] = set()
        self.keys: dict[UUID, bytes] | None = None

    def key_of(self, holder: UUID) -> bytes | None:
        if self.keys is None:
            if getattr(_loading, "bunch", None) is self:
                _loading.bunch = None
            self.keys = ring.keys_of(self.holders)
        return self.keys.get(holder) or _key_of(holder)

    def __reduce__(self) -> tuple[type[_Bunch], tuple[()]]:
        return _Bunch, ()  # a copied row takes no keys along


_loading = threading.local()


def _bunch_with(holder: UUID) -> _Bunch:
    bunch: _Bunch | None = getattr(_loading, "bunch", None)
    if bunch is None or len(bunch.holders) >= AT_ONCE:
        bunch = _loading.bunch = _Bunch()
    bunch.holders.add(holder)
    return bunch


class Sealing(models.Model):
    """A model with sealed fields. ``under`` says whose key they lie under."""

    under: ClassVar[Under]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; where only some fields are written, the index of a sealed one goes with it."""
        if kwargs.get("update_fields") is not None:
            names = set(kwargs["update_fields"])
            found = {f.name for f in self._meta.concrete_fields if isinstance(f, BlindIndexField) and f.of in names}
            kwargs["update_fields"] = names | found
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **how: Any) -> Self:
        loaded = super().from_db(db, field_names, values, **how)
        lying = cls.under.of_loaded(loaded.__dict__)
        if lying is not None:
            loaded.__dict__["_lying"] = lying
            loaded.__dict__["_bunch"] = _bunch_with(lying[0])
        return loaded


# ── Fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _SealedCol(Col):
    """A sealed column in a query: it can be loaded, and nothing else."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        # While a query's columns are being listed it has none yet; whatever is compiled later sorts or compares.
        if compiler.select is not None:
            raise Misused(
                f"{self.target.model._meta.label}.{self.target.name} is sealed: the database can't sort, compare or "
                "reckon with it. Read the rows and do it in Python."
            )
        return super().as_sql(compiler, connection)

    def get_group_by_cols(self) -> list[Any]:
        return [Col(self.alias, self.target, self.output_field)]


def _bare(column: Any) -> Any:
    return Col(column.alias, column.target, column.output_field) if isinstance(column, _SealedCol) else column


class _IsEmpty(Exact):
    """Whether nothing was noted: all that can be asked of a sealed column besides NULL."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(_bare(lhs), rhs)


class _IsNull(IsNull):
    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(_bare(lhs), rhs)


class _Opening(DeferredAttribute):
    """Opens a value when it is read for the first time."""

    field: SealedField

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        try:
            value = instance.__dict__[self.field.attname]
        except KeyError:
            value = super().__get__(instance, owner)
        return self.field.open(instance, value) if type(value) is Sealed else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """What all sealed fields have in common. Nothing stays nothing: an empty value is stored as no bytes."""

    descriptor_class = _Opening
    nothing: ClassVar[tuple[Any, ...]] = ("", b"")

    def pack(self, value: Any) -> bytes:
        """A value as bytes."""
        return _filled_up(str(value).encode())

    def unpack(self, plain: bytes) -> Any:
        """The value that was packed."""
        return _taken_off(plain).decode()

    def empty(self) -> Any:
        """What is read where nothing was noted, and where the key is gone."""
        return None if self.null else ""

    # In the row

    def open(self, instance: Any, sealed: Sealed) -> Any:
        """The value a row's bytes stand for; the empty value where the person was forgotten."""
        holder, network, row = instance.__dict__.get("_lying") or instance.under.of(instance)
        bunch: _Bunch | None = instance.__dict__.get("_bunch")
        key = _key_of(holder) if bunch is None else bunch.key_of(holder)
        if key is None:
            return self.empty()
        value = self.opened(sealed, key, self.about(network, row))
        instance.__dict__[self.attname] = value
        return value

    def opened(self, sealed: Sealed, key: bytes, about: bytes) -> Any:
        """The value some bytes stand for. Raises ``sealing.Broken`` where they were not sealed for just this."""
        return self.unpack(sealing.open_(key, sealed.content, about=about))

    def pre_save(self, model_instance: Any, add: bool) -> Any:  # the name and shape are Django's
        value = model_instance.__dict__.get(self.attname)
        under: Under = model_instance.under
        if type(value) is Sealed:
            if model_instance.__dict__.get("_lying") in {None, under.of(model_instance)}:
                return value  # not opened, so not changed
            value = self.open(model_instance, value)  # a copy of a row: what lay there would not open here
        if value is None or self.is_nothing(value):
            return value
        holder = _holder_of(model_instance, under)
        _holder, network, row = under.of(model_instance)
        return self._sealed(value, ring.key_of(holder, make=True), self.about(network, row))

    def sealed_for(self, value: Any, *, holder: UUID, row: UUID, network: UUID | None = None) -> Any:
        """A value sealed for a row that is not at hand: for migrations, which know a model only by its columns."""
        if value is None or self.is_nothing(value):
            return value
        return self._sealed(value, ring.key_of(holder, make=True), self.about(network, row))

    def _sealed(self, value: Any, key: bytes, about: bytes) -> Sealed:
        return Sealed(sealing.seal(key, self.pack(value), generation=GENERATION, about=about))

    def about(self, network: UUID | None, row: UUID) -> bytes:
        return f"{network.hex if network else '-'}{self._where}{row.hex}".encode()

    @cached_property
    def _where(self) -> str:
        return f"|{self.model._meta.db_table}|{self.column}|"

    def is_nothing(self, value: Any) -> bool:
        return any(type(value) is type(none) and value == none for none in self.nothing)

    # In the database

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        if value is None:
            return None
        content = bytes(value)
        return Sealed(content) if content else self.empty()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if type(value) is Sealed:
            return connection.Database.Binary(value.content)
        if self.is_nothing(value):
            return connection.Database.Binary(b"")
        raise Misused(
            f"{self.model._meta.label}.{self.name} is sealed: it can't be written or looked up without its row. "
            "Save the row itself, or look among rows in Python."
        )

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        return _SealedCol(alias, self, output_field)

    @cached_property
    def cached_col(self) -> Any:
        return _SealedCol(self.model._meta.db_table, self)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "exact":
            return _IsEmpty
        if lookup_name == "isnull":
            return _IsNull
        raise Misused(f"{self.model._meta.label}.{self.name} is sealed: the database can't look for “{lookup_name}”.")

    def get_transform(self, lookup_name: str) -> Any:
        raise Misused(f"{self.model._meta.label}.{self.name} is sealed: nothing within it can be asked for.")

    # As Django's other fields

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def get_prep_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))


class SealedTextField(SealedField):
    """Free words, sealed."""

    def formfield(self, **kwargs: Any) -> Any:
        return forms.CharField(max_length=self.max_length, required=not self.blank, **kwargs)


class SealedCharField(SealedTextField):
    """A line of text, sealed."""


class SealedJSONField(SealedField):
    """A list or mapping, sealed."""

    nothing = ([], {}, b"")

    def empty(self) -> Any:
        return self.get_default()

    def pack(self, value: Any) -> bytes:
        return _filled_up(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def unpack(self, plain: bytes) -> Any:
        return json.loads(_taken_off(plain))


class SealedFloatField(SealedField):
    """A number, sealed, between ``least`` and ``most``: the database can't watch over that any more."""

    nothing = ()

    def __init__(self, *args: Any, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"null": True}))
        self.least, self.most = least, most

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"least": self.least, "most": self.most}

    def pack(self, value: Any) -> bytes:
        number = float(value)
        if not self.least <= number <= self.most:
            raise ValueError(f"{self.name} must lie between {self.least} and {self.most}.")
        return struct.pack(">d", number)

    def unpack(self, plain: bytes) -> float:
        return float(struct.unpack(">d", plain)[0])


def _filled_up(said: bytes) -> bytes:
    step = STEP if len(said) < SHORT else LONG_STEP
    return said + b"\x80" + bytes(-(len(said) + 1) % step)


def _taken_off(plain: bytes) -> bytes:
    return plain.rstrip(b"\0")[:-1]


class HolderField(models.UUIDField):  # type: ignore[type-arg]
    """Whose key a row lies under, noted when it is made. ``along`` leads there from the row, where anything does."""

    def __init__(self, *args: Any, along: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"editable": False}))
        self.along = along

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"along": self.along} if self.along else {})

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        return self.found(model_instance)

    def found(self, instance: Any) -> UUID | None:
        """The holder, looked for along the way there if it was not noted yet."""
        holder: Any = getattr(instance, self.attname)
        if holder is None and self.along:
            holder = instance
            for step in self.along.split("."):
                holder = getattr(holder, step)
            setattr(instance, self.attname, holder)
        return holder  # type: ignore[no-any-return]


def _holder_of(instance: Any, under: Under) -> UUID:
    field = instance._meta.get_field(under.holder)
    holder = field.found(instance) if isinstance(field, HolderField) else getattr(instance, under.holder)
    if holder is None:
        raise Misused(f"{instance._meta.label} has no holder: nobody's key could seal it.")
    return holder


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]
    """By which a sealed value is found exactly, and told by nothing: sixteen bytes that only the ring can reckon."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"max_length": 16, "null": True, "editable": False}))
        self.of = of

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        said = model_instance.__dict__.get(self.of)
        if type(said) is not Sealed and self.of in model_instance.__dict__:
            setattr(model_instance, self.attname, self.mark_of(said))
        return getattr(model_instance, self.attname)

    def mark_of(self, said: str | None) -> bytes | None:
        """What stands in the index for a value."""
        if not said:
            return None
        return sealing.blind(ring.index_key(f"index:-:{self.model._meta.db_table}.{self.of}"), said)


def marks_of(model: type[models.Model], index: str, values: Iterable[str]) -> dict[bytes, str]:
    """What stands in an index for each of these values: mark -> value."""
    field = model._meta.get_field(index)
    assert isinstance(field, BlindIndexField)
    return {mark: value for value in values if (mark := field.mark_of(value)) is not None}


# ── Many rows at once ────────────────────────────────────────────────────────────────────────────────────────────────


def read_opened(things: models.QuerySet[Any], *paths: str) -> Iterator[tuple[Any, ...]]:
    """Like ``values_list``, with what is sealed opened: for looking through many rows without loading them whole.

    What the forgotten left is read as nothing, as everywhere.
    """
    columns: dict[str, int] = {}
    sealed: dict[int, tuple[SealedField, int, int, int | None]] = {}
    at = [columns.setdefault(path, len(columns)) for path in paths]
    for path in paths:
        way, _, name = path.rpartition("__")
        model = things.model
        for step in way.split("__") if way else ():
            model = model._meta.get_field(step).related_model
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if isinstance(field, SealedField):
            under: Under = model.under
            beside = [f"{way}__{each}" if way else each for each in (under.holder, under.row, under.network) if each]
            places = [columns.setdefault(each, len(columns)) for each in beside]
            sealed[columns[path]] = (field, places[0], places[1], places[2] if under.network else None)
    holders = {holder for _field, holder, _row, _network in sealed.values()}
    rows = things.values_list(*columns).iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        keys = ring.keys_of({row[holder] for row in some for holder in holders} - {None})
        for row in some:
            opened = list(row)
            for place, (field, holder, its_row, network) in sealed.items():
                if type(row[place]) is Sealed:
                    about = field.about(None if network is None else row[network], row[its_row])
                    key = keys.get(row[holder]) or _key_of(row[holder])
                    opened[place] = field.empty() if key is None else field.opened(row[place], key, about)
            yield tuple(opened[place] for place in at)


# ── What was plain before ────────────────────────────────────────────────────────────────────────────────────────────


def seal_plain_rows(
    model: Any,
    names: Iterable[str],
    *,
    holder: str,
    row: str = "id",
    network: str = "",
    index: Mapping[str, str] | None = None,
) -> None:
    """For migrations: seal what stands in the columns ``plain_<name>`` into the columns ``<name>``."""
    fields = {name: model._meta.get_field(name) for name in names}
    wanted = {"pk", holder, row, *([network] if network else []), *(f"plain_{name}" for name in fields)}
    keys = list(model.objects.values_list("pk", flat=True))
    for first in range(0, len(keys), 500):
        rows = list(model.objects.filter(pk__in=keys[first : first + 500]).values(*wanted))
        ring.keys_of({said[holder] for said in rows}, make=True)
        for said in rows:
            written = {
                name: field.sealed_for(
                    said[f"plain_{name}"],
                    holder=said[holder],
                    row=said[row],
                    network=said[network] if network else None,
                )
                for name, field in fields.items()
            }
            for mark, of in (index or {}).items():
                written[mark] = model._meta.get_field(mark).mark_of(said[f"plain_{of}"])
            model.objects.filter(pk=said["pk"]).update(**written)
