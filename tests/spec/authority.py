"""What the authority owes about no child in particular."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="authority",
    opening="These clocks run in the authority’s own stream; the quarters are the calendar’s, and these rules are shipped switched off.",
    sections=(
        Section(
            timescale="report-missing-quarterly",
            paragraphs=(
                Paragraph(
                    rule="The report on missing children is published within twenty working days of the end of the quarter.",
                    story="""
                        Thu 21 Jan 2016 23:59 | running
                        Fri 22 Jan 2016 00:00 | due soon
                        Fri 29 Jan 2016 23:59 | due soon
                        Sat 30 Jan 2016 00:00 | breached
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="Published for that quarter on the last day, it is in time.",
                    story="""
                        Fri 29 Jan 2016 | report published (kind: missing-quarterly; report ref: winter; period ends on: Thu 31 Dec 2015)
                        Sat 30 Jan 2016 09:00 | met
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="The report on another quarter does not meet it.",
                    story="""
                        Fri 15 Jan 2016 | report published (kind: missing-quarterly; report ref: autumn; period ends on: Wed 30 Sep 2015)
                        Sat 30 Jan 2016 00:00 | breached
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="Published late, it is late; the next quarter has its own time.",
                    story="""
                        Wed 3 Feb 2016 | report published (kind: missing-quarterly; report ref: winter; period ends on: Thu 31 Dec 2015)
                        Thu 4 Feb 2016 09:00 | met late
                        Fri 1 Apr 2016 09:00 | running
                        Thu 28 Apr 2016 23:59 | due soon
                        Fri 29 Apr 2016 00:00 | breached
                    """,
                    about="authority",
                ),
            ),
        ),
        Section(
            timescale="report-cse-quarterly",
            paragraphs=(
                Paragraph(
                    rule="The report on child sexual exploitation is published within twenty working days of the end of the quarter.",
                    story="""
                        Thu 21 Jan 2016 23:59 | running
                        Fri 22 Jan 2016 00:00 | due soon
                        Fri 29 Jan 2016 23:59 | due soon
                        Sat 30 Jan 2016 00:00 | breached
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="Published for that quarter on the last day, it is in time.",
                    story="""
                        Fri 29 Jan 2016 | report published (kind: cse-quarterly; report ref: winter; period ends on: Thu 31 Dec 2015)
                        Sat 30 Jan 2016 09:00 | met
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="The report on another quarter does not meet it.",
                    story="""
                        Fri 15 Jan 2016 | report published (kind: cse-quarterly; report ref: autumn; period ends on: Wed 30 Sep 2015)
                        Sat 30 Jan 2016 00:00 | breached
                    """,
                    about="authority",
                ),
                Paragraph(
                    rule="The report on missing children is another.",
                    story="""
                        Fri 15 Jan 2016 | report published (kind: missing-quarterly; report ref: winter; period ends on: Thu 31 Dec 2015)
                        Sat 30 Jan 2016 00:00 | breached
                    """,
                    about="authority",
                ),
            ),
        ),
    ),
)
