"""The school terms of an authority made up for the stories that count school days."""

from typing import Final

TERMS: Final = """\
calendar,sefton-school-terms
counts,school-days
source,the school terms 2024/25 and 2025/26 of the example
begins,2024-09-01
expires,2026-07-31

term,2024-09-03,2024-10-25,Autumn term first half
closed,2024-09-16,,a training day
term,2024-11-04,2024-12-20,Autumn term second half
term,2025-01-06,2025-02-14,Spring term first half
term,2025-02-24,2025-04-04,Spring term second half
term,2025-04-22,2025-07-22,Summer term
closed,2025-05-05,,Early May bank holiday
closed,2025-05-26,2025-05-30,Summer half-term
term,2025-09-02,2025-12-19,Autumn term
term,2026-01-05,2026-02-13,Spring term first half
term,2026-02-23,2026-03-27,Spring term second half
term,2026-04-13,2026-07-21,Summer term
closed,2026-05-04,,Early May bank holiday
closed,2026-05-25,2026-05-29,Summer half-term
"""
