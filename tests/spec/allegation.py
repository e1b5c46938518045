"""What must follow an allegation against a person who works with children."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="allegation",
    opening="The person complained of is an adult and is never named; where no child is known, the allegation stands with the authority itself.",
    sections=(
        Section(
            timescale="lado-referral-1wd",
            paragraphs=(
                Paragraph(
                    rule="The employer refers an allegation to the designated officer by the end of the next working day.",
                    story="""
                        Fri 6 Mar 2026 15:00 | allegation made
                        Mon 9 Mar 2026 11:59 | running
                        Mon 9 Mar 2026 12:00 | due soon
                        Mon 9 Mar 2026 23:59 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Referred on that day, it is in time.",
                    story="""
                        Thu 2 Apr 2026 15:00 | allegation made
                        Tue 7 Apr 2026 17:00 | allegation referred
                        Tue 7 Apr 2026 18:00 | met
                    """,
                ),
                Paragraph(
                    rule="Neither the close of the child’s case nor the child’s death ends it: other children meet that person.",
                    story="""
                        Fri 6 Mar 2026 15:00 | allegation made
                        Sat 7 Mar 2026 | case closed
                        Sun 8 Mar 2026 | child died
                        Mon 9 Mar 2026 12:00 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where no child is known, the authority keeps the allegation itself, under the same rule.",
                    story="""
                        Fri 6 Mar 2026 15:00 | allegation made
                        Mon 9 Mar 2026 12:00 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                        Tue 10 Mar 2026 09:00 | allegation referred
                        Tue 10 Mar 2026 10:00 | met late
                    """,
                    about="authority",
                ),
            ),
        ),
        Section(
            timescale="lado-initial-evaluation",
            paragraphs=(
                Paragraph(
                    rule="The designated officer weighs an allegation within two working days.",
                    story="""
                        Thu 5 Mar 2026 10:00 | allegation referred
                        Thu 5 Mar 2026 23:59 | running
                        Fri 6 Mar 2026 00:00 | due soon
                        Mon 9 Mar 2026 23:59 | due soon
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Weighed and found below the threshold, it has been weighed.",
                    story="""
                        Thu 5 Mar 2026 10:00 | allegation referred
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: no)
                        Tue 10 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Another allegation is another matter.",
                    story="""
                        Thu 5 Mar 2026 10:00 | allegation referred
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: yes; allegation ref: another)
                        Tue 10 Mar 2026 00:00 | breached
                    """,
                ),
            ),
        ),
        Section(
            timescale="lado-first-review-4w",
            paragraphs=(
                Paragraph(
                    rule="An allegation that met the threshold is reviewed within four weeks.",
                    story="""
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: yes)
                        Tue 31 Mar 2026 23:59 | running
                        Wed 1 Apr 2026 00:00 | due soon
                        Mon 6 Apr 2026 23:59 | due soon
                        Tue 7 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Reviewed on the last day, though it is Easter Monday, it is in time.",
                    story="""
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: yes)
                        Mon 6 Apr 2026 | review held (kind: allegation; allegation ref: allegation-1)
                        Tue 7 Apr 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="One that did not meet it is not reviewed.",
                    story="""
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: no)
                        Tue 10 Mar 2026 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="Concluded first, it needs no review.",
                    story="""
                        Mon 9 Mar 2026 | allegation evaluated (threshold met: yes)
                        Thu 26 Mar 2026 | allegation concluded (outcome: unfounded)
                        Fri 27 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lado-conclude-1m",
            paragraphs=(
                Paragraph(
                    rule="Eight in ten allegations are concluded within a month; from 31 January that is the end of February.",
                    story="""
                        Sun 31 Jan 2016 10:00 | allegation referred
                        Sun 21 Feb 2016 23:59 | running
                        Mon 22 Feb 2016 00:00 | due soon
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Concluded on the last day, it is within the month.",
                    story="""
                        Sun 31 Jan 2016 10:00 | allegation referred
                        Mon 29 Feb 2016 | allegation concluded (outcome: substantiated)
                        Tue 1 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Concluded later, it counts against the share.",
                    story="""
                        Sun 31 Jan 2016 10:00 | allegation referred
                        Wed 20 Apr 2016 | allegation concluded (outcome: malicious)
                        Thu 21 Apr 2016 09:00 | met late
                    """,
                ),
            ),
        ),
        Section(
            timescale="lado-suspension-letter-1wd",
            paragraphs=(
                Paragraph(
                    rule="A person suspended has it in writing by the end of the next working day; it is the employer’s duty, watched and not escalated.",
                    story="""
                        Thu 24 Dec 2015 | suspension decided
                        Tue 29 Dec 2015 11:59 | running
                        Tue 29 Dec 2015 12:00 | due soon
                        Wed 30 Dec 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Confirmed on the day itself, it is in time.",
                    story="""
                        Thu 24 Dec 2015 | suspension decided
                        Thu 24 Dec 2015 | suspension confirmed
                        Thu 24 Dec 2015 18:00 | met
                    """,
                ),
            ),
        ),
    ),
)
