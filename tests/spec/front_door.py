"""What must happen when somebody asks for help for a child."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="front-door",
    opening="A contact is not a referral: only a referral starts the clock of a decision.",
    sections=(
        Section(
            timescale="referral-decision-1wd",
            paragraphs=(
                Paragraph(
                    rule="A manager decides by the end of the next working day.",
                    story="""
                        Mon 9 Mar 2026 16:00 | referral received
                        Tue 10 Mar 2026 11:59 | running
                        Tue 10 Mar 2026 12:00 | due soon
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
    ),
)
