"""What must follow when a child lives with domestic abuse."""

from tests.spec.chapter import Chapter, Paragraph, Section
from tests.spec.school import TERMS

CHAPTER = Chapter(
    thread="domestic-abuse",
    opening="The conference is often about an adult; it is kept with the child who lives there.",
    sections=(
        Section(
            timescale="operation-encompass-before-school",
            paragraphs=(
                Paragraph(
                    rule="The police tell the school before a quarter to nine on the next day of school.",
                    terms=TERMS,
                    story="""
                        Fri 6 Mar 2026 23:00 | domestic abuse incident attended (school age: yes)
                        Mon 9 Mar 2026 05:59 | running
                        Mon 9 Mar 2026 06:00 | due soon
                        Mon 9 Mar 2026 08:44 | due soon
                        Mon 9 Mar 2026 08:45 | breached
                    """,
                ),
                Paragraph(
                    rule="The police tell the school before the child arrives; until the authority gives its school terms nothing is claimed.",
                    story="""
                        Sun 8 Mar 2026 23:00 | domestic abuse incident attended (school age: yes)
                        Mon 9 Mar 2026 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="For a child too young for school nobody is told.",
                    story="""
                        Sun 8 Mar 2026 23:00 | domestic abuse incident attended (school age: no)
                        Mon 9 Mar 2026 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="marac-fortnightly",
            paragraphs=(
                Paragraph(
                    rule="The family is heard at the next conference whose agenda is still open.",
                    story="""
                        Mon 4 Jan 2016 | panel sittings published (panel: marac; sittings: Wed 10 Feb 2016 closing Tue 2 Feb 2016 and Wed 24 Feb 2016 closing Tue 16 Feb 2016)
                        Mon 1 Feb 2016 | marac referral received (repeat: no)
                        Sat 6 Feb 2016 23:59 | running
                        Sun 7 Feb 2016 00:00 | due soon
                        Wed 10 Feb 2016 23:59 | due soon
                        Thu 11 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A day past the cut-off the next conference is too far off, and the fourteen days rule.",
                    story="""
                        Mon 4 Jan 2016 | panel sittings published (panel: marac; sittings: Wed 10 Feb 2016 closing Tue 2 Feb 2016 and Wed 24 Feb 2016 closing Tue 16 Feb 2016)
                        Wed 3 Feb 2016 | marac referral received (repeat: no)
                        Wed 17 Feb 2016 23:59 | due soon
                        Thu 18 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where a conference is published without a cut-off, its agenda closes eight days before; whoever comes a day later has fourteen days.",
                    story="""
                        Mon 4 Jan 2016 | panel sittings published (panel: marac; sittings: Wed 10 Feb 2016 and Wed 24 Feb 2016)
                        Wed 3 Feb 2016 | marac referral received (repeat: no)
                        Thu 11 Feb 2016 00:00 | running
                        Wed 17 Feb 2016 23:59 | due soon
                        Thu 18 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where no sitting is published, fourteen days are allowed.",
                    story="""
                        Mon 1 Feb 2016 | marac referral received (repeat: yes)
                        Mon 15 Feb 2016 23:59 | due soon
                        Tue 16 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Heard, it is met; deferred, the family has not been heard.",
                    story="""
                        Mon 1 Feb 2016 | marac referral received (repeat: no)
                        Wed 10 Feb 2016 | case heard at panel (kind: marac; marac ref: marac-1; decision: deferred)
                        Thu 11 Feb 2016 09:00 | running
                        Mon 15 Feb 2016 | case heard at panel (kind: marac; marac ref: marac-1; decision: actions-agreed)
                        Tue 16 Feb 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A case that does not meet the criteria is not heard.",
                    story="""
                        Mon 1 Feb 2016 | marac referral received (repeat: no)
                        Fri 5 Feb 2016 | duty exception recorded (duty ref: marac-1; timescale: marac-fortnightly; kind: criteria-not-met)
                        Mon 8 Feb 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
    ),
)
