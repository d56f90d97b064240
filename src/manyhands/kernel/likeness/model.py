"""What each level of the comparison says, in bits. Learned, and bounded by hand where the files know too little.

By hand: the same phone or e-mail is worth at least 6 bits, a name of one word never speaks against, and whoever shares
a phone or a door but not the name is held for another of the family (docs/decisions/0017).

`python bench/people.py fit` printed these from one half of the people (every record of a person in the same half) of
people_historical, febrl 1 and 3 and people_fake_1000, each with and without birthdays, and from made-up towns with
families (bench/people_town.py). Sources and licences stand in the README of each in the shared data.
"""

from __future__ import annotations

from collections.abc import Mapping

MAYBE, LIKELY = -2.0, 4.0  # bits from which on a pair is shown, and called likely
SURE = 3.0  # bits from which on nobody doubts

PRIOR = -12.59
USUAL_SHARE = 0.0068  # of those compared, beyond doubt

WEIGHTS: Mapping[str, float] = {
    "ages_share": 0.00,
    "born differ": -3.00,
    "born near": 3.34,
    "born newyear": 3.43,
    "born partly": 0.86,
    "born same": 7.05,
    "email differ": -2.20,
    "email near": 6.00,
    "email same": 9.00,
    "household": -5.00,
    "name full blur": 2.63,
    "name full initial": 3.50,
    "name full same": 0.32,
    "name full short": 2.12,
    "name full spelt": 2.03,
    "name full typo": 1.73,
    "name none": -1.44,
    "name partly blur": 0.00,
    "name partly initial": 0.00,
    "name partly same": -3.74,
    "name partly short": -3.51,
    "name partly spelt": -2.33,
    "name partly typo": -2.26,
    "name turned": 0.68,
    "name within blur": -0.01,
    "name within initial": 0.26,
    "name within same": -1.88,
    "name within short": -0.74,
    "name within spelt": -1.04,
    "name within typo": -0.41,
    "name word blur": 4.24,
    "name word initial": 1.06,
    "name word same": 0.00,
    "name word short": 0.08,
    "name word spelt": 1.00,
    "name word typo": 0.00,
    "phone differ": -3.00,
    "phone near": 2.45,
    "phone same": 6.00,
    "place differ": -2.86,
    "place near": 3.52,
    "place same": 3.98,
    "postcode differ": -2.32,
    "postcode district": 0.30,
    "postcode near": 3.54,
    "postcode same": 5.89,
    "rarity nearly": 0.43,
    "rarity sure": 0.67,
    "shared by many": 0.00,
    "strangers_share": -1.55,
    "street differ": -3.00,
    "street near, house differ": 0.47,
    "street near, house near": 0.22,
    "street near, house same": 6.87,
    "street near, house unknown": 0.67,
    "street same, house differ": 0.85,
    "street same, house near": 0.30,
    "street same, house same": 3.05,
    "street same, house unknown": 1.32,
}
