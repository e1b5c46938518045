"""What must happen when somebody asks for help for a child."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="front-door",
    opening="A contact is not a referral: only a referral starts the clock of a decision.",
    sections=(
        Section(
            timescale="contact-screening-decision",
            paragraphs=(
                Paragraph(
                    rule="What a contact leads to is decided by the end of the next working day.",
                    story="""
                        Fri 6 Mar 2026 16:00 | contact received
                        Mon 9 Mar 2026 06:59 | running
                        Mon 9 Mar 2026 07:00 | due soon
                        Mon 9 Mar 2026 23:59 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Over Easter the next working day is the Tuesday.",
                    story="""
                        Thu 2 Apr 2026 17:00 | contact received
                        Tue 7 Apr 2026 06:59 | running
                        Tue 7 Apr 2026 16:00 | contact screened (outcome: early_help)
                        Tue 7 Apr 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="A referral made from the contact is a decision too.",
                    story="""
                        Mon 9 Mar 2026 10:00 | contact received
                        Mon 9 Mar 2026 15:00 | referral received (contact ref: contact-1)
                        Mon 9 Mar 2026 16:00 | met
                    """,
                ),
                Paragraph(
                    rule="A referral that came from another contact decides nothing about this one.",
                    story="""
                        Mon 9 Mar 2026 10:00 | contact received
                        Mon 9 Mar 2026 15:00 | referral received (contact ref: another)
                        Wed 11 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Screened the day after, it is late, and the contact is answered for all the same.",
                    story="""
                        Mon 9 Mar 2026 10:00 | contact received
                        Wed 11 Mar 2026 09:30 | contact screened (outcome: nfa)
                        Wed 11 Mar 2026 10:00 | met late
                    """,
                ),
            ),
        ),
        Section(
            timescale="referral-decision-1wd",
            paragraphs=(
                Paragraph(
                    rule="A manager decides by the end of the next working day.",
                    story="""
                        Mon 9 Mar 2026 16:00 | referral received
                        Tue 10 Mar 2026 06:59 | running
                        Tue 10 Mar 2026 07:00 | due soon
                        Wed 11 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A referral on Christmas Eve waits over the holidays.",
                    story="""
                        Thu 24 Dec 2015 15:00 | referral received
                        Tue 29 Dec 2015 23:59 | due soon
                        Wed 30 Dec 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="On a Saturday the next working day is day one.",
                    story="""
                        Sat 26 Mar 2016 11:00 | referral received
                        Tue 29 Mar 2016 18:00 | referral decided
                        Tue 29 Mar 2016 19:00 | met
                    """,
                ),
                Paragraph(
                    rule="A contact alone starts nothing.",
                    story="""
                        Mon 9 Mar 2026 16:00 | contact received
                        Tue 10 Mar 2026 12:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A case closed before the decision was due needs none.",
                    story="""
                        Mon 9 Mar 2026 16:00 | referral received
                        Tue 10 Mar 2026 | case closed
                        Wed 11 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="referral-acknowledge-1wd",
            paragraphs=(
                Paragraph(
                    rule="Whoever referred the child is told by the end of the next working day that it arrived.",
                    story="""
                        Mon 9 Mar 2026 16:00 | referral received (source: 2A)
                        Tue 10 Mar 2026 06:59 | running
                        Tue 10 Mar 2026 07:00 | due soon
                        Wed 11 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It counts from the day the referral was received, not from the day it was written.",
                    story="""
                        Mon 9 Mar 2026 10:00 | referral received (source: 2A; made at: Fri 6 Mar 2026 17.00)
                        Tue 10 Mar 2026 15:00 | referrer acknowledged
                        Tue 10 Mar 2026 16:00 | met
                    """,
                ),
                Paragraph(
                    rule="Nobody can answer a person who gave no name.",
                    story="""
                        Mon 9 Mar 2026 16:00 | referral received (source: 9)
                        Tue 10 Mar 2026 12:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="Before 15 April 2013 the guidance did not ask for it.",
                    story="""
                        Sun 14 Apr 2013 12:00 | referral received (source: 2A)
                        Mon 15 Apr 2013 12:00 | nothing runs
                        Mon 15 Apr 2013 12:30 | referral received (source: 2A; referral ref: second)
                        Wed 17 Apr 2013 00:00 | breached
                    """,
                ),
            ),
        ),
    ),
)
