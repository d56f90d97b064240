"""A stranger can't fill the disk by sending many files to a page that wants none."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import category


def test_a_page_takes_one_file_at_most(town, client):
    files = {f"file{number}": SimpleUploadedFile(f"{number}.csv", b"a,b\n1,2\n") for number in range(3)}
    said = {"needs": category(town.riverside, "Food").pk, "place_text": "Corner"}
    address = reverse("exchange:ask", args=["riverside"])
    assert client.post(address, said | files).status_code == 400
    assert client.post(address, said).status_code == 302
