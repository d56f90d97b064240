"""What of a person can be shown, and on what grounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """What can be shown of someone. Names stand in the journal of no room; the rest is what does harm."""

    NAME = "name", _("name")
    PLACE = "place", _("address and door")
    SPOT = "spot", _("place on the map")
    REACH = "reach", _("phone or e-mail")


class Why(models.TextChoices):
    """What ties the one who looks to the one who is seen."""

    OWN = "own", _("it is their own")
    CLAIM = "claim", _("took the ask on")
    RUN = "run", _("has the ask on their run")
    MATCH = "match", _("both agreed to a match")
    DESK = "desk", _("works at the desk")
    MAP = "map", _("plans the runs")
    SHEETS = "sheets", _("prints the run sheets")
    TABLE = "table", _("takes a plan along as a table")
    MEMBERS = "members", _("looks at the list of members")
    HELPER = "helper", _("looks up what a helper can carry")
    EXPORT = "export", _("exports what the network holds")
    TWICE = "twice", _("looked whether somebody is written down twice")


class Bulk(models.TextChoices):
    """What one person alone may not do."""

    ADDRESSES = "addresses", _("take on more addresses than usual")
    EXPORT = "export", _("export all that the network holds")
    DOOR = "door", _("open the door of somebody in danger to a helper")
    HOME = "home", _("see door and phone of a helper in danger")
    LESS_CARE = "less_care", _("take the extra care off somebody")
    HOLD = "hold", _("keep something the law demands")
    SLEEP = "sleep", _("put the network to sleep, and forget everybody in it")
    QUESTION = "question", _("ask for what a group should rather not know")


# What every member reads of. The rest would tell who is in danger.
TOLD_TO_ALL = (Bulk.ADDRESSES, Bulk.EXPORT, Bulk.SLEEP, Bulk.QUESTION)
# What is asked for on the page of one ask or one helper, about one person.
ABOUT_ONE = (Bulk.DOOR, Bulk.HOME, Bulk.LESS_CARE)
# Of these somebody kept apart from whom it is about neither asks nor reads.
ABOUT_A_MEMBER = (Bulk.HOME, Bulk.LESS_CARE)
# What has a page of its own to ask for it.
ASKED_ELSEWHERE = (*ABOUT_ONE, Bulk.HOLD, Bulk.SLEEP)
