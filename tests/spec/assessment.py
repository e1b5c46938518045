"""How long an assessment may take."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="assessment",
    opening="The forty-five days run from the referral, not from the day an assessment began, and end when it is authorised.",
    sections=(
        Section(
            timescale="assessment-45wd",
            paragraphs=(
                Paragraph(
                    rule="Working days are counted, from the referral, over Christmas.",
                    story="""
                        Fri 13 Nov 2015 10:00 | referral received
                        Tue 5 Jan 2016 23:59 | running
                        Wed 6 Jan 2016 00:00 | due soon
                        Wed 20 Jan 2016 23:59 | due soon
                        Thu 21 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It ends when a manager authorises it, on the last day too.",
                    story="""
                        Mon 6 Apr 2015 10:00 | referral received
                        Tue 7 Apr 2015 | assessment started (kind: child-and-family; referral ref: referral-1)
                        Wed 10 Jun 2015 | assessment authorised (kind: child-and-family; referral ref: referral-1)
                        Thu 11 Jun 2015 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Authorised a day later, it is late, whatever the reason recorded.",
                    story="""
                        Mon 6 Apr 2015 10:00 | referral received
                        Thu 11 Jun 2015 | assessment authorised (kind: child-and-family; referral ref: referral-1; overrun reason: family_unavailable)
                        Thu 11 Jun 2015 12:00 | met late
                    """,
                ),
                Paragraph(
                    rule="No further action decided, no assessment is owed.",
                    story="""
                        Mon 9 Mar 2026 10:00 | referral received
                        Tue 10 Mar 2026 10:00 | referral decided (outcome: nfa)
                        Tue 10 Mar 2026 11:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A new assessment decided on an open case starts a clock of its own.",
                    story="""
                        Mon 9 Mar 2026 10:00 | referral received
                        Fri 10 Apr 2026 | assessment authorised (kind: child-and-family; referral ref: referral-1)
                        Mon 13 Apr 2026 09:00 | met
                        Tue 14 Apr 2026 | reassessment decided
                        Tue 14 Apr 2026 12:00 | running
                    """,
                ),
            ),
        ),
    ),
)
