"""Kernel: routing, matching, reading sheets, telling who may be written down twice, hiding small numbers.

Plain Python: a frozen problem in, a frozen answer out. Knows no Django, no files and no clock.
"""
