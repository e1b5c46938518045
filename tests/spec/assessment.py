"""How long an assessment may take."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="assessment",
    opening="The forty-five days run from the referral, not from the day an assessment began, and end when it is authorised.",
    sections=(
        Section(
            timescale="assessment-45wd",
            paragraphs=(
                Paragraph(
                    rule="Working days are counted, from the referral, over Christmas.",
                    story="""
                        Fri 13 Nov 2015 10:00 | referral received
                        Tue 5 Jan 2016 23:59 | running
                        Wed 6 Jan 2016 00:00 | due soon
                        Wed 20 Jan 2016 23:59 | due soon
                        Thu 21 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It ends when a manager authorises it, on the last day too.",
                    story="""
                        Mon 6 Apr 2015 10:00 | referral received
                        Tue 7 Apr 2015 | assessment started (kind: child-and-family; referral ref: referral-1)
                        Wed 10 Jun 2015 | assessment authorised (kind: child-and-family; referral ref: referral-1)
                        Thu 11 Jun 2015 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Authorised a day later, it is late, whatever the reason recorded.",
                    story="""
                        Mon 6 Apr 2015 10:00 | referral received
                        Thu 11 Jun 2015 | assessment authorised (kind: child-and-family; referral ref: referral-1; overrun reason: family_unavailable)
                        Thu 11 Jun 2015 12:00 | met late
                    """,
                ),
                Paragraph(
                    rule="Held by a decision, it stands still; resumed, what was left of it runs on.",
                    held_by="service_manager",
                    story="""
                        Mon 7 Mar 2016 10:00 | referral received
                        Mon 14 Mar 2016 12:00 | clock suspended (timescale: assessment-45wd; duty ref: referral-1; decided by role: service_manager; reason: child-in-hospital)
                        Mon 14 Mar 2016 12:01 | suspended
                        Fri 13 May 2016 12:00 | suspended
                        Mon 16 May 2016 09:00 | clock resumed (timescale: assessment-45wd; duty ref: referral-1; decided by role: service_manager; reason: reason-ended)
                        Mon 16 May 2016 09:01 | running
                        Tue 12 Jul 2016 23:59 | due soon
                        Wed 13 Jul 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A decision by anybody else holds nothing, and is shown as an anomaly.",
                    held_by="service_manager",
                    story="""
                        Mon 7 Mar 2016 10:00 | referral received
                        Mon 14 Mar 2016 12:00 | clock suspended (timescale: assessment-45wd; duty ref: referral-1; decided by role: team_manager; reason: child-in-hospital)
                        Mon 14 Mar 2016 12:01 | running
                        Fri 13 May 2016 12:00 | breached
                    """,
                ),
                Paragraph(
                    rule="No further action decided, no assessment is owed.",
                    story="""
                        Mon 9 Mar 2026 10:00 | referral received
                        Tue 10 Mar 2026 10:00 | referral decided (outcome: nfa)
                        Tue 10 Mar 2026 11:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A new assessment decided on an open case starts a clock of its own.",
                    story="""
                        Mon 9 Mar 2026 10:00 | referral received
                        Fri 10 Apr 2026 | assessment authorised (kind: child-and-family; referral ref: referral-1)
                        Mon 13 Apr 2026 09:00 | met
                        Tue 14 Apr 2026 | reassessment decided
                        Tue 14 Apr 2026 12:00 | running
                    """,
                ),
            ),
        ),
        Section(
            timescale="assessment-internal-review",
            paragraphs=(
                Paragraph(
                    rule="A manager looks at the assessment on the day set at its outset.",
                    story="""
                        Mon 9 Mar 2026 | assessment started (kind: child-and-family; review point on: Fri 20 Mar 2026)
                        Tue 17 Mar 2026 23:59 | running
                        Wed 18 Mar 2026 00:00 | due soon
                        Fri 20 Mar 2026 23:59 | due soon
                        Sat 21 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where no day was set, ten working days are allowed.",
                    story="""
                        Mon 9 Mar 2026 | assessment started (kind: child-and-family)
                        Mon 23 Mar 2026 23:59 | due soon
                        Tue 24 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A review of this assessment on the day itself meets it; a review of another does not.",
                    story="""
                        Mon 9 Mar 2026 | assessment started (kind: child-and-family; review point on: Fri 20 Mar 2026)
                        Thu 19 Mar 2026 | review held (kind: assessment; assessment ref: another)
                        Fri 20 Mar 2026 09:00 | due soon
                        Fri 20 Mar 2026 | review held (kind: assessment; assessment ref: assessment-1; review ref: second)
                        Sat 21 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="An assessment authorised before then needs no review.",
                    story="""
                        Mon 9 Mar 2026 | assessment started (kind: child-and-family; review point on: Fri 20 Mar 2026)
                        Wed 18 Mar 2026 | assessment authorised (kind: child-and-family; outcome: nfa)
                        Thu 19 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="legacy-initial-assessment-10wd",
            paragraphs=(
                Paragraph(
                    rule="Until April 2013 an initial assessment was completed within ten working days of the referral.",
                    story="""
                        Fri 12 Apr 2013 10:00 | referral received
                        Fri 26 Apr 2013 23:59 | running
                        Sat 27 Apr 2013 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It is judged by the rule in force when it began, also where it ended after that rule had gone; Easter Monday was no working day.",
                    story="""
                        Thu 28 Mar 2013 10:00 | referral received
                        Mon 15 Apr 2013 | assessment authorised (kind: initial; referral ref: referral-1)
                        Tue 16 Apr 2013 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A referral received on 15 April 2013 or after starts no such clock.",
                    story="""
                        Mon 15 Apr 2013 10:00 | referral received
                        Tue 16 Apr 2013 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="No further action decided, no initial assessment was owed.",
                    story="""
                        Wed 3 Apr 2013 10:00 | referral received
                        Thu 4 Apr 2013 10:00 | referral decided (outcome: nfa)
                        Thu 4 Apr 2013 11:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="legacy-core-assessment-35wd",
            paragraphs=(
                Paragraph(
                    rule="Until April 2013 a core assessment was completed within thirty-five working days of its start.",
                    story="""
                        Mon 4 Feb 2013 | assessment started (kind: core; referral ref: referral-1)
                        Mon 25 Mar 2013 23:59 | running
                        Tue 26 Mar 2013 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Authorised on the thirty-fifth working day, it is in time; Good Friday and Easter Monday are not counted.",
                    story="""
                        Fri 8 Feb 2013 | assessment started (kind: core; referral ref: referral-1)
                        Tue 2 Apr 2013 | assessment authorised (kind: core)
                        Wed 3 Apr 2013 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="The case closed, it is not owed; the close of another case changes nothing.",
                    story="""
                        Mon 4 Feb 2013 | assessment started (kind: core; referral ref: referral-1)
                        Thu 7 Feb 2013 | case closed (referral ref: another)
                        Fri 8 Feb 2013 09:00 | running
                        Mon 11 Feb 2013 | case closed (referral ref: referral-1)
                        Tue 12 Feb 2013 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A single assessment is another thing and starts no such clock.",
                    story="""
                        Mon 4 Feb 2013 | assessment started (kind: child-and-family; referral ref: referral-1)
                        Tue 5 Feb 2013 09:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
