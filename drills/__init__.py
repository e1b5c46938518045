"""Trials of what Daymark promises: a plug is pulled on purpose, and what was lost is counted.

One module for each drill; each prints what it tried and has a control
that must fail. They are processes by the import rule: no room may import them.
"""
