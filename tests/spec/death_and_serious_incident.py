"""What must follow the death of a child, or an incident so grave that others must learn from it."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="death-and-serious-incident",
    opening="A death ends every other clock of the child; these begin with it.",
    sections=(
        Section(
            timescale="cdr-notify-24h",
            paragraphs=(
                Paragraph(
                    rule="A child’s death is notified within a day and a night.",
                    story="""
                        Sat 7 Mar 2026 03:00 | child died
                        Sat 7 Mar 2026 20:59 | running
                        Sat 7 Mar 2026 21:00 | due soon
                        Sun 8 Mar 2026 02:59 | due soon
                        Sun 8 Mar 2026 03:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Notified before the hour, it is in time.",
                    story="""
                        Sat 7 Mar 2026 03:00 | child died
                        Sun 8 Mar 2026 02:59 | child death notified
                        Sun 8 Mar 2026 03:30 | met
                    """,
                ),
                Paragraph(
                    rule="Known only to the day, it is warned of early, broken late, and not decided between.",
                    story="""
                        Sat 7 Mar 2026 | child died
                        Sat 7 Mar 2026 18:00 | due soon
                        Sun 8 Mar 2026 12:00 | undecidable
                        Mon 9 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A death recorded for the wrong child never began it.",
                    story="""
                        Sat 7 Mar 2026 03:00 | child died
                        Sun 8 Mar 2026 03:00 | breached
                        Mon 9 Mar 2026 10:00 | fact withdrawn (of: child died)
                        Mon 9 Mar 2026 11:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="sin-notify-5wd",
            paragraphs=(
                Paragraph(
                    rule="A serious incident is notified within five working days of the day we came to know of it, not of the day it happened.",
                    story="""
                        Fri 27 Feb 2026 | serious incident known, recorded Mon 2 Mar 2026 10:00
                        Wed 4 Mar 2026 23:59 | running
                        Thu 5 Mar 2026 00:00 | due soon
                        Mon 9 Mar 2026 23:59 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Notified on the fifth day, it is in time.",
                    story="""
                        Mon 2 Mar 2026 | serious incident known
                        Mon 9 Mar 2026 | serious incident notified
                        Tue 10 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="The child’s death does not end it.",
                    story="""
                        Mon 2 Mar 2026 | serious incident known
                        Wed 4 Mar 2026 | child died
                        Thu 5 Mar 2026 09:00 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="An incident that does not meet the criteria is not notified.",
                    story="""
                        Mon 2 Mar 2026 | serious incident known
                        Thu 5 Mar 2026 | duty exception recorded (duty ref: incident_notification-1; timescale: sin-notify-5wd; kind: criteria-not-met)
                        Fri 6 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="Before 29 June 2018 the duty was not in force.",
                    story="""
                        Thu 28 Jun 2018 | serious incident known
                        Fri 29 Jun 2018 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="rapid-review-15wd",
            paragraphs=(
                Paragraph(
                    rule="The rapid review is completed within fifteen working days of the notice; in May 2023 two bank holidays were not counted.",
                    story="""
                        Fri 28 Apr 2023 | serious incident notified
                        Mon 15 May 2023 23:59 | running
                        Tue 16 May 2023 00:00 | due soon
                        Tue 23 May 2023 23:59 | due soon
                        Wed 24 May 2023 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Completed on the last day, it is in time.",
                    story="""
                        Fri 28 Apr 2023 | serious incident notified
                        Tue 23 May 2023 | rapid review completed
                        Wed 24 May 2023 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="The child’s death, or the transfer of the case, does not end it.",
                    story="""
                        Fri 28 Apr 2023 | serious incident notified
                        Tue 2 May 2023 | child died
                        Wed 3 May 2023 | case transferred (to authority: 344; accepted: yes)
                        Wed 24 May 2023 00:00 | breached
                    """,
                ),
            ),
        ),
    ),
)
