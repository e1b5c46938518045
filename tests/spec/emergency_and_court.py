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
        Section(
            timescale="cao-7d",
            paragraphs=(
                Paragraph(
                    rule="A child assessment order lasts seven days from the day it begins, that day counted.",
                    story="""
                        Thu 28 Apr 2016 11:00 | order made (kind: child-assessment; begins on: Mon 2 May 2016)
                        Thu 5 May 2016 23:59 | running
                        Fri 6 May 2016 00:00 | due soon
                        Sun 8 May 2016 23:59 | due soon
                        Mon 9 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the order names no beginning, it begins when it is made.",
                    story="""
                        Mon 2 May 2016 11:00 | order made (kind: child-assessment)
                        Sun 8 May 2016 23:59 | due soon
                        Mon 9 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The assessment authorised in time meets it.",
                    story="""
                        Mon 2 May 2016 11:00 | order made (kind: child-assessment)
                        Sun 8 May 2016 | assessment authorised (kind: child-assessment-order; order ref: order-1)
                        Mon 9 May 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="An assessment of another kind does not.",
                    story="""
                        Mon 2 May 2016 11:00 | order made (kind: child-assessment)
                        Fri 6 May 2016 | assessment authorised (kind: child-and-family; outcome: nfa; order ref: order-1)
                        Mon 9 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Ended by the court, it is over.",
                    story="""
                        Mon 2 May 2016 11:00 | order made (kind: child-assessment)
                        Wed 4 May 2016 15:00 | order ended
                        Wed 4 May 2016 16:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="care-proceedings-26w",
            paragraphs=(
                Paragraph(
                    rule="The court disposes of care proceedings within twenty-six weeks; it is the court’s clock, watched and not escalated.",
                    story="""
                        Mon 4 Jan 2016 | care proceedings issued
                        Sun 27 Mar 2016 23:59 | running
                        Mon 28 Mar 2016 00:00 | due soon
                        Mon 4 Jul 2016 23:59 | due soon
                        Tue 5 Jul 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A final order on the last day is in time.",
                    story="""
                        Mon 4 Jan 2016 | care proceedings issued
                        Mon 4 Jul 2016 | care proceedings ended (outcome: final-order)
                        Tue 5 Jul 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Proceedings withdrawn are over.",
                    story="""
                        Mon 4 Jan 2016 | care proceedings issued
                        Tue 1 Mar 2016 | care proceedings ended (outcome: withdrawn)
                        Wed 2 Mar 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="Before 22 April 2014 there was no such limit.",
                    story="""
                        Mon 21 Apr 2014 | care proceedings issued
                        Tue 22 Apr 2014 09:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
