"""What is watched for children at home, absent from school, or moving between schools."""

from tests.spec.chapter import Chapter, Paragraph, Section
from tests.spec.school import TERMS

CHAPTER = Chapter(
    thread="education",
    opening="Most of these duties are the schools’; days in school are not counted until the authority has adopted its school terms.",
    sections=(
        Section(
            timescale="ehe-annual-visit",
            paragraphs=(
                Paragraph(
                    rule="A child educated at home is visited once a year; from 29 February that is 28 February.",
                    story="""
                        Mon 29 Feb 2016 | home education registered
                        Mon 30 Jan 2017 23:59 | running
                        Tue 31 Jan 2017 00:00 | due soon
                        Tue 28 Feb 2017 23:59 | due soon
                        Wed 1 Mar 2017 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next year runs from the visit; a visit that was offered and declined counts as made.",
                    story="""
                        Mon 29 Feb 2016 | home education registered
                        Wed 16 Nov 2016 | visit made (kind: home-education; education ref: education-1; child seen: no; outcome: declined)
                        Wed 1 Mar 2017 09:00 | running
                        Thu 16 Nov 2017 23:59 | due soon
                        Fri 17 Nov 2017 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who goes back to school needs no visit.",
                    story="""
                        Mon 29 Feb 2016 | home education registered
                        Mon 5 Sep 2016 | home education ended (reason: enrolled-at-school)
                        Tue 6 Sep 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="It ends by itself with the last Friday in June of the school year in which the child is sixteen.",
                    story="""
                        Mon 5 Oct 2015 | child details recorded (date of birth: Wed 1 Sep 1999)
                        Mon 5 Oct 2015 | home education registered
                        Thu 23 Jun 2016 18:00 | running
                        Sat 25 Jun 2016 09:00 | cancelled
                        Thu 6 Oct 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cme-10-school-days",
            paragraphs=(
                Paragraph(
                    rule="The first school day of the absence is day 1; weekends and a training day are not counted, and the report is due by the end of the tenth.",
                    terms=TERMS,
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Wed 18 Sep 2024 23:59 | running
                        Thu 19 Sep 2024 00:00 | due soon
                        Mon 23 Sep 2024 23:59 | due soon
                        Tue 24 Sep 2024 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The half-term holiday is no school: what has run nine days before it runs out on the first day after it.",
                    terms=TERMS,
                    story="""
                        Tue 15 Oct 2024 | continuous absence started
                        Fri 25 Oct 2024 23:59 | due soon
                        Mon 4 Nov 2024 23:59 | due soon
                        Tue 5 Nov 2024 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Beyond the last day of the terms that were adopted nothing is claimed.",
                    terms=TERMS,
                    story="""
                        Mon 20 Jul 2026 | continuous absence started
                        Mon 21 Sep 2026 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="A school reports a child who has been away for ten school days; until the authority gives its school terms nothing is claimed.",
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Tue 10 Sep 2024 09:00 | undecidable
                        Mon 23 Sep 2024 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="What the school did is known then, not whether it was in time.",
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Fri 20 Sep 2024 | absence reported
                        Mon 23 Sep 2024 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="Before 19 August 2024 the regulations were others.",
                    story="""
                        Mon 1 Jul 2024 | continuous absence started
                        Tue 2 Jul 2024 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cme-20-school-days",
            paragraphs=(
                Paragraph(
                    rule="Twenty school days from the first day of the absence, the training day left out.",
                    terms=TERMS,
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Mon 7 Oct 2024 23:59 | due soon
                        Tue 8 Oct 2024 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A name may leave the roll after twenty school days of looking for the child; until the authority gives its school terms nothing is claimed.",
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Mon 7 Oct 2024 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="What was found out is known then, not whether it was in time.",
                    story="""
                        Mon 9 Sep 2024 | continuous absence started
                        Fri 4 Oct 2024 | continuous absence ended (reason: whereabouts-established)
                        Mon 7 Oct 2024 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="Before 19 August 2024 the regulations were others.",
                    story="""
                        Mon 1 Jul 2024 | continuous absence started
                        Tue 2 Jul 2024 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-file-transfer-5d",
            paragraphs=(
                Paragraph(
                    rule="Five school days after the move, the day of the move being day 0; the Easter holiday is left out.",
                    terms=TERMS,
                    story="""
                        Wed 25 Mar 2026 | pupil moved school (in year: yes)
                        Sun 12 Apr 2026 23:59 | running
                        Mon 13 Apr 2026 00:00 | due soon
                        Wed 15 Apr 2026 23:59 | due soon
                        Thu 16 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The child protection file follows a child to a new school within five school days; until the authority gives its school terms nothing is claimed.",
                    story="""
                        Wed 11 Mar 2026 | pupil moved school (in year: yes)
                        Thu 19 Mar 2026 09:00 | undecidable
                    """,
                ),
                Paragraph(
                    rule="A move at the start of the school year has other rules.",
                    story="""
                        Wed 2 Sep 2026 | pupil moved school (in year: no)
                        Thu 3 Sep 2026 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="Before September 2022 the guidance named no such time.",
                    story="""
                        Wed 31 Aug 2022 | pupil moved school (in year: yes)
                        Thu 1 Sep 2022 09:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
