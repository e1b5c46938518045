"""What is owed to a child drawn into terrorism, or harmed by a practice the law forbids."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="prevent",
    opening="Rare and grave: these rules are shipped switched off.",
    sections=(
        Section(
            timescale="channel-panel-review",
            paragraphs=(
                Paragraph(
                    rule="A case adopted by the Channel panel is reviewed every three months.",
                    story="""
                        Mon 30 Nov 2015 | channel case adopted
                        Sun 14 Feb 2016 23:59 | running
                        Mon 15 Feb 2016 00:00 | due soon
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next three months run from the review that was held.",
                    story="""
                        Mon 30 Nov 2015 | channel case adopted
                        Mon 18 Jan 2016 | review held (kind: channel; channel ref: channel-1)
                        Tue 1 Mar 2016 09:00 | running
                        Mon 18 Apr 2016 23:59 | due soon
                        Tue 19 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A case that is closed is reviewed no more.",
                    story="""
                        Mon 30 Nov 2015 | channel case adopted
                        Fri 22 Jan 2016 | channel case closed
                        Mon 25 Jan 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="Before 12 April 2015 the duty was not in force.",
                    story="""
                        Sat 11 Apr 2015 | channel case adopted
                        Mon 13 Apr 2015 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="fgm-mandatory-report",
            paragraphs=(
                Paragraph(
                    rule="Female genital mutilation found in a child is reported to the police by the end of the next working day.",
                    story="""
                        Thu 24 Mar 2016 | fgm identified
                        Tue 29 Mar 2016 11:59 | running
                        Tue 29 Mar 2016 12:00 | due soon
                        Wed 30 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Reported on that day, it is in time.",
                    story="""
                        Thu 24 Mar 2016 | fgm identified
                        Tue 29 Mar 2016 | fgm reported
                        Wed 30 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Before 31 October 2015 the duty was not in force.",
                    story="""
                        Fri 30 Oct 2015 | fgm identified
                        Sat 31 Oct 2015 09:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
