"""Who finds the pages of the journal: members, for whoever keeps its head outside is a witness for all."""

from tests.architecture.access import MEMBERS, Row

JOURNAL = {
    "networks:heads": Row(MEMBERS),
    "networks:head_text": Row(MEMBERS),
}
