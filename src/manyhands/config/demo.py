"""The demo: a made-up town with made-up people, for looking around, for screenshots and for the browser journeys.

Everything is made through the same actions as in real life, with the same seed, so the town looks the same every time.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction

from manyhands.exchange import actions as exchange
from manyhands.exchange import queries as exchange_queries
from manyhands.exchange.models import Ask, Asking, Category, Cause, Helper
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role
from manyhands.people import actions as people
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.safety import actions as safety

# A harbour town that is on no map; the sea is to the south.
MIDDLE = (41.2050, -70.1000)
AREAS = (
    ("Harbour", ["the docks", "Puerto"], -0.0105, 0.0020),
    ("Old Market", ["market square"], -0.0030, -0.0040),
    ("Elm Park", ["Elm", "the park"], 0.0040, 0.0075),
    ("Hilltop", ["the hill"], 0.0135, -0.0020),
    ("Mill Road", ["the mill"], 0.0015, -0.0150),
    ("Station", ["railway"], -0.0045, 0.0160),
)
STREETS = (
    "Elm Street",
    "Pine Street",
    "Harbour Lane",
    "Chapel Row",
    "Mill Road",
    "Orchard Street",
    "Quay Steps",
    "High Street",
)
NAMES = (
    "Rosa Marín", "Tunde Okafor", "Leila Haddad", "Jo Bartlett", "Mei Lin", "Pavel Novak",
    "Grace Adeyemi", "Omar Saleh", "Ines Duarte", "Sam Whitfield", "Noor Aziz", "Carla Fuentes",
    "Dmitri Orlov", "Asha Patel", "Bea Lindqvist", "Luis Ramos", "Hana Kim", "Yusuf Demir",
    "Nell Gray", "Fatima Zahra", "Bruno Costa", "Ada Quinn", "Samir Khoury", "Wanda Kowalska",
)  # fmt: skip
HELPERS: tuple[tuple[str, str, list[str], int, list[str]], ...] = (
    ("Ben Archer", "bike", ["en"], 4, []),
    ("Ana Sousa", "bike", ["en", "es", "pt"], 4, []),
    ("Mei Tan", "foot", ["en", "zh"], 3, []),
    ("Joe Brand", "car", ["en"], 16, ["driver"]),
    ("Samira Nasser", "car", ["en", "ar"], 14, ["driver"]),
    ("Paul Greene", "foot", ["en"], 2, ["repair"]),
    ("Lucía Vega", "bike", ["es", "en"], 5, []),
    ("Olu Bankole", "car", ["en", "yo"], 20, ["driver", "repair"]),
    ("Kit Marsh", "foot", ["en"], 3, []),
    ("Hassan Amin", "bike", ["ar", "fr"], 4, []),
    ("Vera Holt", "car", ["en", "de"], 12, []),
    ("Theo Lamb", "bike", ["en"], 4, []),
)
WORDS: dict[str, tuple[str, ...]] = {
    "Food": (
        "Groceries for four, one of us is diabetic.",
        "Bread, milk and something for the children.",
        "A hot meal, the cooker is broken.",
        "Vegetables and rice please.",
    ),
    "Supplies": (
        "Nappies size 4.",
        "Soap and washing powder.",
        "School things for a nine year old.",
        "A warm blanket.",
    ),
    "Medicine": ("Collect a prescription from the chemist.", "Bandages and painkillers."),
    "A ride": ("To the clinic on the hill and back.", "To the station with two bags."),
    "Company": ("Someone to talk to in the evening.", "Company for a walk."),
    "Childcare": ("Two hours on Saturday morning.",),
    "Repair and labour": ("The tap drips all night.", "Carry a sofa down two floors."),
}
OFFERS = (
    ("thing", "Childcare", "A pram, hardly used.", "Elm Park"),
    ("skill", "Repair and labour", "I mend bicycles and small machines.", "Mill Road"),
    ("time", "Company", "Thursday evenings free, happy to visit.", "Old Market"),
    ("ride", "A ride", "A seat to the city every weekday at seven.", "Station"),
    ("thing", "Food", "Eggs, two dozen a week.", "Hilltop"),
    ("skill", "Legal", "I know tenancy law and have patience.", "Harbour"),
)


def load(*, now: datetime) -> None:
    """Fill an empty install with two networks apart from each other. Deterministic but for the clock."""
    luck = Random(11)
    with transaction.atomic():
        host = _person("Hal Rowan", now=now)
        people.make_host(host, by=None, now=now)
        town = _town(now=now - timedelta(days=120))
        helpers = _helpers(town, luck, now=now - timedelta(days=100))
        _the_past(town, helpers, luck, now=now)
        _today(town, helpers, luck, now=now)
        desk = Membership.objects.get(network=town, role=Role.DISPATCHER)
        trusted = [desk.person, helpers[0].membership.person]
        safety.choose(town, people=trusted, outside="", by=None, now=now)
        _next_door(now=now)


def _person(name: str, *, now: datetime, demo: bool = True) -> Person:
    person = people.note_person(name=name, language="en", now=now)
    if demo:
        people.mark_as_demo(person)
    return person


def _town(*, now: datetime) -> Network:
    steward = _person("Sol Mendes", now=now)
    town = networks.create_network(
        slug="fairhaven", name="Fairhaven Neighbours", steward=steward, by=None, now=now,
        welcome="No proof, no questions you need not answer. Anyone here can ask, and anyone can give.",
        language="en", time_zone="America/New_York", country="US", lat=MIDDLE[0], lon=MIDDLE[1], is_demo=True,
    )  # fmt: skip
    for name, others, north, east in AREAS:
        places.save_area(
            town, name=name, other_names=others, lat=MIDDLE[0] + north, lon=MIDDLE[1] + east, by=None, now=now
        )
    dispatcher = _person("Dalia Reyes", now=now)
    networks.bring_in(town, person=dispatcher, role=Role.DISPATCHER, by=None, now=now)
    return town


def _around(luck: Random) -> tuple[float, float]:
    _name, _others, north, east = luck.choice(AREAS)
    return MIDDLE[0] + north + luck.gauss(0, 0.0026), MIDDLE[1] + east + luck.gauss(0, 0.0034)


def _helpers(town: Network, luck: Random, *, now: datetime) -> list[Helper]:
    made = []
    for number, (name, mode, languages, boxes, skills) in enumerate(HELPERS):
        person = _person(name, now=now, demo=number == 0)
        membership = networks.bring_in(town, person=person, role=Role.HELPER, by=None, now=now)
        lat, lon = _around(luck)
        days = luck.sample(range(7), 5)
        made.append(
            exchange.change_helper(
                membership,
                by=None,
                now=now,
                start_text=luck.choice(STREETS),
                lat=lat,
                lon=lon,
                mode=mode,
                languages=languages,
                skills=skills,
                boxes=boxes,
                most_minutes=luck.choice([90, 120, 150]),
                hours=[{"day": day, "from": "17:00", "until": luck.choice(["19:30", "20:30"])} for day in sorted(days)],
            )
        )
    newcomer = _person("Robin Fell", now=now, demo=False)
    networks.join(newcomer, network=town, now=now)
    return made


def _ask(
    town: Network, luck: Random, *, now: datetime, name: str | None = None, on: datetime | None = None, **more: object
) -> Asking:
    kind = luck.choices(list(WORDS), weights=[12, 7, 4, 4, 2, 2, 3])[0]
    lat, lon = _around(luck)
    start = None if on is None else on + timedelta(minutes=luck.choice([0, 0, 30, 60]))
    return exchange.post_asking(
        network=town,
        needs=[
            exchange.NewAsk(
                category=Category.objects.get(network=town, name=kind),
                words=luck.choice(WORDS[kind]),
                people=luck.randint(1, 6),
                wanted_from=start,
                wanted_until=None if start is None else start + timedelta(minutes=luck.choice([60, 90, 120])),
                is_urgent=luck.random() < 0.1,
            )
        ],
        name=name or luck.choice(NAMES),
        reach=f"+1 508 555 {luck.randint(100, 199):04d}",
        language=luck.choices(["en", "es", "ar", "pt"], weights=[14, 4, 2, 1])[0],
        place_text=f"{luck.randint(2, 180)} {luck.choice(STREETS)}",
        door=luck.choice(["", "", "2nd floor, left", "bell B", "blue door"]),
        lat=lat,
        lon=lon,
        now=now,
        **more,  # type: ignore[arg-type]
    )


def _the_past(town: Network, helpers: list[Helper], luck: Random, *, now: datetime) -> None:
    """Three months of asks that are over: most met, some not, with why and what lay behind them."""
    causes = list(Cause.objects.filter(network=town))
    for number in range(150):
        asked = now - timedelta(days=luck.uniform(2, 90), hours=luck.uniform(0, 8))
        ask = _ask(town, luck, now=asked).asks.get()
        if ask.state == "new":
            ask = exchange.make_ready(ask, by=None, now=asked + timedelta(hours=1))
        done = asked + timedelta(hours=luck.uniform(3, 44))
        if number % 3 == 0:
            exchange.tell_cause(ask, cause=luck.choice(causes), by=None, now=asked)
        fate = luck.random()
        if fate < 0.72:
            claim = exchange.claim_ask(ask, helper=luck.choice(helpers), by=None, now=asked, for_plan=True)
            exchange.mark_outcome(
                claim, outcome=luck.choice(["handed_over", "handed_over", "left_at_door", "partly"]), by=None, now=done
            )
        elif fate < 0.93:
            why = luck.choices(["no_helper", "no_stock", "too_late", "out_of_area", "no_language"], [8, 5, 3, 2, 2])[0]
            exchange.close_ask(ask, state="not_met", why_not_met=why, by=None, now=done)
        else:
            exchange.withdraw_ask(ask, by=None, now=done)


def _today(town: Network, helpers: list[Helper], luck: Random, *, now: datetime) -> None:
    """An evening to plan: asks at every step, one neighbour to be, offers on the board."""
    here = now.astimezone(town.zone)
    # Late in the evening the demo plans the next one.
    day = here.date() if here.hour < 18 else here.date() + timedelta(days=1)
    evening = datetime.combine(day, time(17, 30), town.zone)
    nia = _ask(town, luck, now=now - timedelta(hours=5), name="Nia Brook", on=evening, submission=None)
    people.mark_as_demo(nia.asked_by)
    exchange.make_ready(nia.asks.get(), by=None, now=now - timedelta(hours=4))
    ready: list[Ask] = []
    for number in range(46):
        ask = _ask(
            town, luck, now=now - timedelta(hours=luck.uniform(0.2, 60)), on=evening if number % 4 else None
        ).asks.get()
        if number >= 8:
            ready.append(exchange.make_ready(ask, by=None, now=now - timedelta(minutes=luck.uniform(5, 100))))
    for ask, helper in zip(ready[:6], helpers[:6], strict=True):
        claim = exchange.claim_ask(ask, helper=helper, by=None, now=now, for_plan=True)
        if luck.random() < 0.5:
            exchange.set_out(claim, by=None, now=now)
    weekly = ready[-1]
    exchange.repeat_ask(weekly, weekday=3, by=None, now=now)
    for kind, category, words, area in OFFERS:
        exchange.post_offer(
            network=town, kind=kind, words=words, category=Category.objects.get(network=town, name=category),
            name=luck.choice(NAMES), reach=f"+1 508 555 {luck.randint(100, 199):04d}", place_text=area,
            now=now - timedelta(days=luck.uniform(0, 6)),
        )  # fmt: skip
    assert exchange_queries.asking_of(nia.asked_by) == nia


def _next_door(*, now: datetime) -> None:
    """Another network on the same install: it sees nothing of Fairhaven."""
    steward = _person("Nadia Rehn", now=now, demo=False)
    other = networks.create_network(
        slug="northside", name="Northside Kitchen", steward=steward, by=None, now=now,
        welcome="A hot meal for whoever comes, every Sunday.", time_zone="America/New_York", country="US",
        lat=41.26, lon=-70.05, is_demo=True,
    )  # fmt: skip
    places.save_area(other, name="Northside", lat=41.26, lon=-70.05, by=None, now=now)
