"""What is owed for children in the care of other authorities who are placed here."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="out-of-area",
    opening="The placing authority stays responsible; what the host owes is to tell, to hear and to hand over.",
    sections=(
        Section(
            timescale="missing-cicola-notify-placing-la",
            paragraphs=(
                Paragraph(
                    rule="When a child placed here by another authority is missing, that authority is told by the end of the next working day after we heard.",
                    story="""
                        Mon 2 Feb 2026 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: no)
                        Mon 2 Mar 2026 22:00 | missing episode started (type: M), recorded Thu 5 Mar 2026 12:00
                        Fri 6 Mar 2026 06:59 | running
                        Fri 6 Mar 2026 07:00 | due soon
                        Fri 6 Mar 2026 23:59 | due soon
                        Sat 7 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Told of this absence, it knows.",
                    story="""
                        Mon 2 Feb 2026 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: no)
                        Fri 6 Mar 2026 22:00 | missing episode started (type: M), recorded Sat 7 Mar 2026 09:00
                        Mon 9 Mar 2026 07:00 | due soon
                        Mon 9 Mar 2026 16:00 | placing authority notified (missing episode ref: missing_episode-1)
                        Mon 9 Mar 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="A worry told to the front door is passed on in the same time.",
                    story="""
                        Mon 2 Feb 2026 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: no)
                        Thu 5 Mar 2026 15:00 | contact received (contact ref: contact-1)
                        Fri 6 Mar 2026 10:00 | placing authority notified (contact ref: another)
                        Fri 6 Mar 2026 07:00 | due soon
                        Fri 6 Mar 2026 14:00 | placing authority notified (contact ref: contact-1)
                        Fri 6 Mar 2026 15:00 | met
                    """,
                ),
                Paragraph(
                    rule="For a child of our own nobody else is told, nor for one who has left the area.",
                    story="""
                        Thu 5 Mar 2026 12:00 | missing episode started (type: M; missing episode ref: first)
                        Thu 5 Mar 2026 13:00 | nothing runs
                        Thu 5 Mar 2026 14:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: no)
                        Fri 6 Mar 2026 | cicola placement ended (reason: moved-out-of-area)
                        Mon 9 Mar 2026 22:00 | missing episode started (type: M; missing episode ref: second)
                        Mon 9 Mar 2026 23:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cse-cicola-transfer-next-panel",
            paragraphs=(
                Paragraph(
                    rule="A child who comes here with another area’s plan is heard at the next panel whose agenda is still open.",
                    story="""
                        Thu 1 Oct 2015 | panel sittings published (panel: macse; sittings: Wed 11 Nov 2015 closing Wed 4 Nov 2015 and Wed 9 Dec 2015 closing Wed 2 Dec 2015)
                        Tue 27 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes)
                        Tue 3 Nov 2015 23:59 | running
                        Wed 4 Nov 2015 00:00 | due soon
                        Wed 11 Nov 2015 23:59 | due soon
                        Thu 12 Nov 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the panel is published without a cut-off, its agenda closes five working days before; a day later the month rules.",
                    story="""
                        Thu 1 Oct 2015 | panel sittings published (panel: macse; sittings: Wed 11 Nov 2015 and Wed 9 Dec 2015)
                        Thu 5 Nov 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes)
                        Thu 12 Nov 2015 00:00 | running
                        Sat 5 Dec 2015 23:59 | due soon
                        Sun 6 Dec 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where no sitting is published, a month is allowed.",
                    story="""
                        Tue 27 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes)
                        Fri 27 Nov 2015 23:59 | due soon
                        Sat 28 Nov 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A sitting put off moves what waits for it.",
                    story="""
                        Thu 1 Oct 2015 | panel sittings published (panel: macse; sittings: Wed 11 Nov 2015 closing Wed 4 Nov 2015 and Wed 9 Dec 2015 closing Wed 2 Dec 2015)
                        Tue 27 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes)
                        Tue 10 Nov 2015 07:00 | due soon
                        Tue 10 Nov 2015 | panel sittings published (panel: macse; sittings: Wed 14 Oct 2015 closing Wed 7 Oct 2015 and Wed 18 Nov 2015 closing Wed 11 Nov 2015 and Wed 9 Dec 2015 closing Wed 2 Dec 2015)
                        Thu 12 Nov 2015 09:00 | due soon
                        Wed 18 Nov 2015 23:59 | due soon
                        Thu 19 Nov 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Heard, it is met; deferred, the child has not been heard.",
                    story="""
                        Tue 27 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes)
                        Wed 11 Nov 2015 | case heard at panel (kind: macse; decision: deferred; cicola placement ref: cicola_placement-1)
                        Thu 12 Nov 2015 09:00 | running
                        Wed 25 Nov 2015 | case heard at panel (kind: macse; decision: plan; cicola placement ref: cicola_placement-1)
                        Thu 26 Nov 2015 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child without such a plan is not owed it, nor one who has left again.",
                    story="""
                        Mon 5 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: no; cicola placement ref: first)
                        Mon 5 Oct 2015 11:00 | nothing runs
                        Tue 27 Oct 2015 10:00 | cicola placement notified (placing authority: 344; cse plan elsewhere: yes; cicola placement ref: second)
                        Mon 2 Nov 2015 | cicola placement ended (reason: returned-home; cicola placement ref: second)
                        Tue 3 Nov 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cse-cicola-leaving-handover",
            paragraphs=(
                Paragraph(
                    rule="When a child known to the panel leaves the area, what we know is handed over within five working days.",
                    story="""
                        Wed 7 Oct 2015 | plan started (kind: macse)
                        Fri 18 Dec 2015 | cicola placement ended (reason: moved-out-of-area)
                        Tue 22 Dec 2015 23:59 | running
                        Wed 23 Dec 2015 00:00 | due soon
                        Tue 29 Dec 2015 23:59 | due soon
                        Wed 30 Dec 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Sent on the last day, it is in time.",
                    story="""
                        Wed 7 Oct 2015 | case heard at panel (kind: macse; decision: no-plan)
                        Fri 18 Dec 2015 | cicola placement ended (reason: moved-out-of-area)
                        Tue 29 Dec 2015 | handover documents sent
                        Wed 30 Dec 2015 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child the panel never heard of has nothing to hand over.",
                    story="""
                        Wed 7 Oct 2015 | case heard at panel (kind: marac; marac ref: marac-1; decision: actions-agreed)
                        Fri 18 Dec 2015 | cicola placement ended (reason: moved-out-of-area)
                        Mon 21 Dec 2015 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="The transfer of the case is just when it is owed, and does not end it.",
                    story="""
                        Wed 7 Oct 2015 | plan started (kind: macse)
                        Fri 18 Dec 2015 | cicola placement ended (reason: moved-out-of-area)
                        Mon 21 Dec 2015 | case transferred (to authority: 344; accepted: yes)
                        Tue 22 Dec 2015 09:00 | running
                        Wed 30 Dec 2015 00:00 | breached
                    """,
                ),
            ),
        ),
    ),
)
