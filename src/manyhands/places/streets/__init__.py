"""The streets of the area, brought into the house itself from a piece of OpenStreetMap: read, kept, asked for times.

Plain files beside the database, the same for every network of the install; no person's data lies in them.
"""
