"""Powers that lapse: the end stated in the order beats the longest the law allows."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="emergency-and-court",
    opening="A power that lapses is not a late task: afterwards nobody may keep the child.",
    sections=(
        Section(
            timescale="police-protection-72h",
            paragraphs=(
                Paragraph(
                    rule="Police protection lasts seventy-two hours, nights and weekends included.",
                    story="""
                        Fri 5 Feb 2016 23:30 | police protection taken
                        Mon 8 Feb 2016 23:29 | due soon
                        Mon 8 Feb 2016 23:30 | breached
                    """,
                ),
                Paragraph(
                    rule="It ends in time when the police end it, or when a court makes an order.",
                    story="""
                        Fri 5 Feb 2016 23:30 | police protection taken
                        Sun 7 Feb 2016 14:00 | order made (kind: emergency-protection)
                        Sun 7 Feb 2016 15:00 | met
                    """,
                ),
                Paragraph(
                    rule="Another kind of order does not end it.",
                    story="""
                        Fri 5 Feb 2016 23:30 | police protection taken
                        Sun 7 Feb 2016 14:00 | order made (kind: supervision)
                        Sun 7 Feb 2016 15:00 | due soon
                    """,
                ),
            ),
        ),
        Section(
            timescale="epo-8d",
            paragraphs=(
                Paragraph(
                    rule="The day the order is made is day one, and it ends with day eight.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection)
                        Thu 17 Mar 2016 23:59 | due soon
                        Fri 18 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The end stated in the order wins.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection; expires at: Tue 15 Mar 2016 16.00)
                        Tue 15 Mar 2016 15:59 | due soon
                        Tue 15 Mar 2016 16:00 | breached
                    """,
                ),
                Paragraph(
                    rule="An interim care order made in time ends it.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection; order ref: first)
                        Wed 16 Mar 2016 11:00 | order made (kind: interim-care; order ref: second)
                        Wed 16 Mar 2016 12:00 | met
                    """,
                ),
                Paragraph(
                    rule="Extended, it gives way to the clock of its extension.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection)
                        Thu 17 Mar 2016 11:00 | order extended (expires at: Fri 25 Mar 2016 00.00)
                        Thu 17 Mar 2016 12:00 | superseded
                    """,
                ),
            ),
        ),
        Section(
            timescale="epo-extension-7d",
            paragraphs=(
                Paragraph(
                    rule="An extension lapses when the court said it would.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection)
                        Thu 17 Mar 2016 11:00 | order extended (expires at: Fri 25 Mar 2016 00.00)
                        Tue 22 Mar 2016 00:00 | due soon
                        Fri 25 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Ended by the court before that, it is met.",
                    story="""
                        Thu 10 Mar 2016 15:00 | order made (kind: emergency-protection)
                        Thu 17 Mar 2016 11:00 | order extended (expires at: Fri 25 Mar 2016 00.00)
                        Wed 23 Mar 2016 10:00 | order ended
                        Wed 23 Mar 2016 11:00 | met
                    """,
                ),
            ),
        ),
    ),
)
