"""Telling everyone the numbers without telling on anyone: hiding, rounding to fractions, holding words back."""

from manyhands.kernel.disclosure.hiding import Shown, Table, check, hide
from manyhands.kernel.disclosure.rounding import Few, Fraction, NearlyAll, roughly
from manyhands.kernel.disclosure.wording import gives_away

__all__ = ["Few", "Fraction", "NearlyAll", "Shown", "Table", "check", "gives_away", "hide", "roughly"]
