"""What must follow when a child may be suffering significant harm."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="enquiry-and-conference",
    opening="The enquiry is dated by the strategy meeting that began it.",
    sections=(
        Section(
            timescale="strategy-discussion-24h",
            paragraphs=(
                Paragraph(
                    rule="A strategy discussion is held within twenty-four hours of the decision that there must be one.",
                    story="""
                        Fri 6 Mar 2026 16:00 | strategy meeting called (kind: section-47)
                        Sat 7 Mar 2026 09:59 | running
                        Sat 7 Mar 2026 10:00 | due soon
                        Sat 7 Mar 2026 15:59 | due soon
                        Sat 7 Mar 2026 16:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Twenty-four whole hours are allowed also in the night the clocks go forward.",
                    story="""
                        Sat 28 Mar 2026 18:00 | strategy meeting called (kind: section-47)
                        Sun 29 Mar 2026 18:59 | due soon
                        Sun 29 Mar 2026 19:00 | breached
                    """,
                ),
                Paragraph(
                    rule="By telephone or in a room, held before the hour it is in time.",
                    story="""
                        Fri 6 Mar 2026 16:00 | strategy meeting called (kind: section-47)
                        Sat 7 Mar 2026 15:59 | strategy meeting held (kind: section-47; form: telephone)
                        Sat 7 Mar 2026 16:30 | met
                    """,
                ),
                Paragraph(
                    rule="Another meeting does not stand in for the one that was called.",
                    story="""
                        Fri 6 Mar 2026 16:00 | strategy meeting called (kind: section-47)
                        Fri 6 Mar 2026 18:00 | strategy meeting held (kind: section-47; meeting ref: another)
                        Sat 7 Mar 2026 16:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A meeting called because a child is missing has clocks of its own.",
                    story="""
                        Fri 6 Mar 2026 16:00 | strategy meeting called (kind: missing)
                        Fri 6 Mar 2026 17:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="s47-enquiry-complete",
            paragraphs=(
                Paragraph(
                    rule="The enquiry is concluded within fifteen working days of the meeting that began it.",
                    story="""
                        Mon 9 Mar 2026 | section 47 started
                        Mon 23 Mar 2026 00:00 | due soon
                        Mon 30 Mar 2026 23:59 | due soon
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Concluded with any outcome, it is met.",
                    story="""
                        Mon 9 Mar 2026 | section 47 started
                        Mon 30 Mar 2026 | section 47 concluded (outcome: not-substantiated; conference required: no)
                        Tue 31 Mar 2026 09:00 | met
                    """,
                ),
            ),
        ),
        Section(
            timescale="icpc-15wd",
            paragraphs=(
                Paragraph(
                    rule="Bank holidays at Christmas do not count.",
                    story="""
                        Thu 17 Dec 2015 | section 47 started
                        Tue 12 Jan 2016 23:59 | due soon
                        Wed 13 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A strategy meeting on a Saturday is day nought; Monday is day one.",
                    story="""
                        Sat 2 Jan 2016 | section 47 started
                        Fri 22 Jan 2016 | conference held (kind: initial; enquiry ref: enquiry-1)
                        Sat 23 Jan 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Held on the sixteenth working day it is late.",
                    story="""
                        Mon 4 Jan 2016 | section 47 started
                        Tue 26 Jan 2016 | conference held (kind: initial; enquiry ref: enquiry-1)
                        Wed 27 Jan 2016 09:00 | met late
                    """,
                ),
                Paragraph(
                    rule="When the enquiry finds that no conference is needed, the clock is cancelled.",
                    story="""
                        Mon 9 Mar 2026 | section 47 started
                        Mon 16 Mar 2026 00:00 | due soon
                        Wed 18 Mar 2026 | section 47 concluded (outcome: substantiated-no-conference; conference required: no)
                        Thu 19 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A review strategy meeting in the same enquiry restarts nothing.",
                    story="""
                        Mon 9 Mar 2026 | section 47 started
                        Mon 23 Mar 2026 10:00 | strategy meeting held (kind: section-47; is review: yes)
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A conference of another enquiry does not stop it.",
                    story="""
                        Mon 9 Mar 2026 | section 47 started
                        Mon 16 Mar 2026 | conference held (kind: initial; enquiry ref: another)
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
            ),
        ),
        Section(
            timescale="icpc-transfer-in-15wd",
            paragraphs=(
                Paragraph(
                    rule="A child on a plan who moves here is conferenced within fifteen working days of our being told.",
                    story="""
                        Mon 9 Mar 2026 | transfer in notified
                        Mon 30 Mar 2026 | conference held (kind: transfer-in; transfer ref: transfer-1)
                        Tue 31 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="An initial conference is another thing and does not meet it.",
                    story="""
                        Mon 9 Mar 2026 | transfer in notified
                        Mon 23 Mar 2026 | conference held (kind: initial; enquiry ref: enquiry-1)
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="When the move did not happen after all, it is cancelled by a recorded exception.",
                    story="""
                        Mon 9 Mar 2026 | transfer in notified
                        Wed 11 Mar 2026 | duty exception recorded (duty ref: transfer-1; timescale: icpc-transfer-in-15wd; kind: move-did-not-happen)
                        Thu 12 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="icpc-report-48h-before",
            paragraphs=(
                Paragraph(
                    rule="The report is shared forty-eight hours before the conference, counted back over the night the clocks change.",
                    story="""
                        Mon 12 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Mon 26 Oct 2015 09.30)
                        Fri 23 Oct 2015 10:29 | running
                        Fri 23 Oct 2015 10:30 | due soon
                        Sat 24 Oct 2015 10:29 | due soon
                        Sat 24 Oct 2015 10:30 | breached
                    """,
                ),
                Paragraph(
                    rule="Shared before then it is in time; after it, late, though the conference is still to come.",
                    story="""
                        Mon 12 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Mon 26 Oct 2015 09.30)
                        Sun 25 Oct 2015 20:00 | conference report shared
                        Sun 25 Oct 2015 21:00 | met late
                    """,
                ),
                Paragraph(
                    rule="When the conference moves, the time for the report moves with it.",
                    story="""
                        Mon 12 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Mon 26 Oct 2015 09.30)
                        Tue 20 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Thu 29 Oct 2015 09.30)
                        Sat 24 Oct 2015 12:00 | running
                        Tue 27 Oct 2015 09:29 | due soon
                        Tue 27 Oct 2015 09:30 | breached
                    """,
                ),
                Paragraph(
                    rule="Booked with less notice than that, the report is due at once.",
                    story="""
                        Wed 7 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Fri 9 Oct 2015 09.30)
                        Wed 7 Oct 2015 10:00 | breached
                        Wed 7 Oct 2015 12:00 | conference report shared
                        Wed 7 Oct 2015 13:00 | met late
                    """,
                ),
                Paragraph(
                    rule="A report shared before the conference was booked counts.",
                    story="""
                        Mon 5 Oct 2015 10:00 | conference report shared
                        Wed 7 Oct 2015 10:00 | conference scheduled (kind: initial; scheduled for: Fri 9 Oct 2015 09.30)
                        Wed 7 Oct 2015 11:00 | met
                    """,
                ),
                Paragraph(
                    rule="A conference called off needs no report, and a review conference has no such clock.",
                    story="""
                        Mon 12 Oct 2015 10:00 | conference scheduled (kind: review; conference ref: review)
                        Mon 12 Oct 2015 11:00 | nothing runs
                        Mon 12 Oct 2015 12:00 | conference scheduled (kind: initial; scheduled for: Mon 26 Oct 2015 09.30)
                        Wed 21 Oct 2015 10:00 | conference cancelled
                        Wed 21 Oct 2015 11:00 | cancelled
                    """,
                ),
            ),
        ),
    ),
)
