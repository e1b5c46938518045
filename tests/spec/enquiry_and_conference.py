"""What must follow when a child may be suffering significant harm."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="enquiry-and-conference",
    opening="The enquiry is dated by the strategy meeting that began it.",
    sections=(
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
    ),
)
