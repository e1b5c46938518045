"""What is owed to a child who lives with somebody else’s family by private arrangement."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="private-fostering",
    opening="The law counts from the day the authority became aware, not from the day the stay began.",
    sections=(
        Section(
            timescale="pf-first-visit-7wd",
            paragraphs=(
                Paragraph(
                    rule="The child is seen within seven working days of the authority’s becoming aware.",
                    story="""
                        Tue 22 Dec 2015 | private fostering notified
                        Mon 28 Dec 2015 23:59 | running
                        Tue 29 Dec 2015 00:00 | due soon
                        Tue 5 Jan 2016 23:59 | due soon
                        Wed 6 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="What was told on 1 February and recorded on 15 February counts from the day it was recorded.",
                    story="""
                        Mon 1 Feb 2016 | private fostering notified, recorded Mon 15 Feb 2016 09:00
                        Wed 24 Feb 2016 23:59 | due soon
                        Thu 25 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A visit at which the child was not seen does not count.",
                    story="""
                        Tue 22 Dec 2015 | private fostering notified
                        Thu 31 Dec 2015 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: no)
                        Mon 4 Jan 2016 09:00 | due soon
                        Tue 5 Jan 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes; visit ref: second)
                        Wed 6 Jan 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Where it proves not to be private fostering, no visit is owed.",
                    story="""
                        Tue 22 Dec 2015 | private fostering notified
                        Wed 30 Dec 2015 | private fostering ended (reason: not-private-fostering)
                        Thu 31 Dec 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="pf-visit-6w",
            paragraphs=(
                Paragraph(
                    rule="In the first year the child is seen every six weeks.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 9 Feb 2015 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Sun 15 Mar 2015 23:59 | running
                        Mon 16 Mar 2015 00:00 | due soon
                        Mon 23 Mar 2015 23:59 | due soon
                        Tue 24 Mar 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the six weeks would end after a year of the authority’s being aware, twelve are allowed.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 11 Jan 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Tue 23 Feb 2016 09:00 | running
                        Mon 4 Apr 2016 23:59 | due soon
                        Tue 5 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It ends by itself on the sixteenth birthday.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Sat 20 Mar 1999)
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 9 Feb 2015 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Thu 19 Mar 2015 23:59 | due soon
                        Fri 20 Mar 2015 00:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="For a disabled child it runs on to the eighteenth.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Sat 20 Mar 1999; disabled: yes)
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 9 Feb 2015 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Tue 24 Mar 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="An arrangement that has ended is visited no more.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 9 Feb 2015 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Wed 4 Mar 2015 | private fostering ended (reason: returned-to-parent)
                        Thu 5 Mar 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="pf-visit-12w",
            paragraphs=(
                Paragraph(
                    rule="From the second year the child is seen every twelve weeks.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 8 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Sun 17 Apr 2016 23:59 | running
                        Mon 18 Apr 2016 00:00 | due soon
                        Mon 2 May 2016 23:59 | due soon
                        Tue 3 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next twelve weeks run from the visit that was made.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 8 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Mon 21 Mar 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes; visit ref: second)
                        Tue 3 May 2016 09:00 | running
                        Mon 13 Jun 2016 23:59 | due soon
                        Tue 14 Jun 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A visit in the first year begins six weeks, not twelve.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 1 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Mon 1 Feb 2016 18:00 | nothing runs
                        Tue 2 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes; visit ref: second)
                        Tue 2 Feb 2016 18:00 | running
                    """,
                ),
                Paragraph(
                    rule="It ends by itself on the sixteenth birthday.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Mon 20 Mar 2000)
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 8 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Sun 20 Mar 2016 00:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="An arrangement that has ended is visited no more.",
                    story="""
                        Mon 2 Feb 2015 | private fostering notified
                        Mon 8 Feb 2016 | visit made (kind: private-fostering; arrangement ref: arrangement-1; child seen: yes)
                        Wed 2 Mar 2016 | private fostering ended (reason: returned-to-parent)
                        Thu 3 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="pf-28-day-threshold",
            paragraphs=(
                Paragraph(
                    rule="On the twenty-eighth day of the stay, the first day counted, it becomes private fostering and must be notified.",
                    story="""
                        Mon 4 Jan 2016 | stay with non relative started
                        Sun 24 Jan 2016 23:59 | running
                        Mon 25 Jan 2016 00:00 | due soon
                        Sun 31 Jan 2016 23:59 | due soon
                        Mon 1 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Notified by then, the authority knows.",
                    story="""
                        Mon 4 Jan 2016 | stay with non relative started
                        Sun 31 Jan 2016 | private fostering notified
                        Mon 1 Feb 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child who goes home within twenty-eight days was not privately fostered.",
                    story="""
                        Mon 4 Jan 2016 | stay with non relative started
                        Fri 29 Jan 2016 | private fostering ended (reason: under-28-days)
                        Mon 1 Feb 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
    ),
)
