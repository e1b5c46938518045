"""What must happen while a child is looked after: reviews, visits, health, education and plans."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="care",
    opening="A period of care holds placements; a move is a new placement, not a new period.",
    sections=(
        Section(
            timescale="lac-review-first-20wd",
            paragraphs=(
                Paragraph(
                    rule="The first review is held within twenty working days of the child’s coming into care, thirty-three days over Christmas.",
                    story="""
                        Thu 24 Dec 2015 | child became looked after
                        Mon 11 Jan 2016 23:59 | running
                        Tue 12 Jan 2016 00:00 | due soon
                        Tue 26 Jan 2016 23:59 | due soon
                        Wed 27 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held on the last day, it is in time, Easter not counted.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Wed 6 Apr 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 7 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A review that was adjourned has not been held; it counts from the day it is completed.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Tue 5 Apr 2016 | review held (kind: looked-after; care ref: care-1; adjourned: yes)
                        Thu 7 Apr 2016 00:00 | breached
                        Fri 8 Apr 2016 | review held (kind: looked-after; care ref: care-1; review ref: second; adjourned: no)
                        Mon 11 Apr 2016 09:00 | met late
                    """,
                ),
                Paragraph(
                    rule="A change of legal status or of placement restarts nothing.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Mon 14 Mar 2016 | legal status changed (to status: C1)
                        Fri 18 Mar 2016 | placement started (emergency: no)
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="When the day on which the child came into care is put right, the time moves with it.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Thu 31 Mar 2016 10:00 | fact corrected (of: child became looked after; occurred on: Thu 10 Mar 2016)
                        Thu 7 Apr 2016 09:00 | due soon
                        Mon 11 Apr 2016 23:59 | due soon
                        Tue 12 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care before it was due needs none.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Fri 1 Apr 2016 | child ceased to be looked after (reason: E4A)
                        Thu 7 Apr 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-review-second-3m",
            paragraphs=(
                Paragraph(
                    rule="The second review is held within three months of the first; from 31 January that is 30 April.",
                    story="""
                        Mon 4 Jan 2016 | child became looked after
                        Sun 31 Jan 2016 | review held (kind: looked-after; care ref: care-1)
                        Fri 1 Apr 2016 23:59 | running
                        Sat 2 Apr 2016 00:00 | due soon
                        Sat 30 Apr 2016 23:59 | due soon
                        Sun 1 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A review adjourned on the last day does not meet it.",
                    story="""
                        Sun 31 Jan 2016 | review held (kind: looked-after; care ref: care-1)
                        Sat 30 Apr 2016 | review held (kind: looked-after; care ref: care-1; review ref: second; adjourned: yes)
                        Sun 1 May 2016 09:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held early it is met, and what follows is the third review’s own time.",
                    story="""
                        Sun 31 Jan 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 24 Mar 2016 | review held (kind: looked-after; care ref: care-1; review ref: second)
                        Sun 1 May 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A review of a pathway plan is another thing and does not meet it.",
                    story="""
                        Sun 31 Jan 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 24 Mar 2016 | review held (kind: pathway; care ref: care-1; review ref: second)
                        Sun 1 May 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care needs none.",
                    story="""
                        Sun 31 Jan 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 10 Mar 2016 | child ceased to be looked after (reason: E4A)
                        Fri 11 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-review-next-6m",
            paragraphs=(
                Paragraph(
                    rule="From the second review on, the next is held within six months; from 31 August that is the end of February.",
                    story="""
                        Fri 29 May 2015 | review held (kind: looked-after; care ref: care-1)
                        Mon 31 Aug 2015 | review held (kind: looked-after; care ref: care-1; review ref: second)
                        Sun 31 Jan 2016 23:59 | running
                        Mon 1 Feb 2016 00:00 | due soon
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Each review begins the next six months, counted from the day it was held.",
                    story="""
                        Fri 29 May 2015 | review held (kind: looked-after; care ref: care-1)
                        Mon 31 Aug 2015 | review held (kind: looked-after; care ref: care-1; review ref: second)
                        Thu 21 Jan 2016 | review held (kind: looked-after; care ref: care-1; review ref: third)
                        Tue 1 Mar 2016 09:00 | running
                        Thu 21 Jul 2016 23:59 | due soon
                        Fri 22 Jul 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The first review alone begins only the three months to the second.",
                    story="""
                        Fri 29 May 2015 | review held (kind: looked-after; care ref: care-1)
                        Mon 1 Jun 2015 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care is reviewed no more.",
                    story="""
                        Fri 29 May 2015 | review held (kind: looked-after; care ref: care-1)
                        Mon 31 Aug 2015 | review held (kind: looked-after; care ref: care-1; review ref: second)
                        Fri 11 Dec 2015 | child ceased to be looked after (reason: E4A)
                        Mon 14 Dec 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-first-1w",
            paragraphs=(
                Paragraph(
                    rule="A child is seen in a new placement within a week.",
                    story="""
                        Fri 6 Mar 2026 | placement started
                        Tue 10 Mar 2026 23:59 | running
                        Wed 11 Mar 2026 00:00 | due soon
                        Fri 13 Mar 2026 23:59 | due soon
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Seen there on the seventh day, the visit is in time.",
                    story="""
                        Fri 6 Mar 2026 | placement started
                        Fri 13 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Sat 14 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A visit at which the child was not seen does not count.",
                    story="""
                        Fri 6 Mar 2026 | placement started
                        Thu 12 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: no)
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A move is a new placement: the child is seen there within a week of the move, and the old visit falls away.",
                    story="""
                        Fri 6 Mar 2026 | placement started (placement ref: first)
                        Tue 10 Mar 2026 | placement ended (placement ref: first)
                        Tue 10 Mar 2026 18:00 | cancelled
                        Tue 10 Mar 2026 | placement started (placement ref: second)
                        Tue 17 Mar 2026 23:59 | due soon
                        Wed 18 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care is not owed it; the end of another period of care changes nothing.",
                    story="""
                        Fri 6 Mar 2026 | placement started (care ref: care-1)
                        Mon 9 Mar 2026 | child ceased to be looked after (care ref: another; reason: E4A)
                        Tue 10 Mar 2026 09:00 | running
                        Wed 11 Mar 2026 | child ceased to be looked after (care ref: care-1; reason: E4A)
                        Thu 12 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-6w",
            paragraphs=(
                Paragraph(
                    rule="In the first year of a placement a child is seen every six weeks, counted from the last visit.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Fri 20 Nov 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Thu 24 Dec 2015 23:59 | running
                        Fri 25 Dec 2015 00:00 | due soon
                        Fri 1 Jan 2016 23:59 | due soon
                        Sat 2 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the six weeks would end after the first year of a placement meant to last to eighteen, three months are allowed.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Sun 20 Dec 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 1 Feb 2016 09:00 | running
                        Sun 20 Mar 2016 23:59 | due soon
                        Mon 21 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A placement not meant to last keeps its six weeks after the first year too.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U6; arrangement: ordinary; intended to 18: no)
                        Sun 20 Dec 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Sun 31 Jan 2016 23:59 | due soon
                        Mon 1 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A visit at which the child was not seen resets nothing.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Fri 20 Nov 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 28 Dec 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: no; visit ref: second)
                        Sat 2 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A placement that has ended is visited no more.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Fri 20 Nov 2015 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 7 Dec 2015 | placement ended
                        Tue 8 Dec 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-3m-permanent",
            paragraphs=(
                Paragraph(
                    rule="After a year in a placement meant to last to eighteen, a child is seen every three months.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Wed 30 Nov 2016 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 13 Feb 2017 23:59 | running
                        Tue 14 Feb 2017 00:00 | due soon
                        Tue 28 Feb 2017 23:59 | due soon
                        Wed 1 Mar 2017 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The visit on the anniversary itself begins the first three months.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Sat 9 Jan 2016 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Sat 9 Jan 2016 18:00 | nothing runs
                        Sun 10 Jan 2016 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes; visit ref: second)
                        Mon 11 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="When the placement is no longer meant to last, the six weeks take over.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Wed 30 Nov 2016 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 9 Jan 2017 | permanence plan changed (intended to 18: no)
                        Tue 10 Jan 2017 09:00 | cancelled
                        Wed 11 Jan 2017 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes; visit ref: second)
                        Thu 12 Jan 2017 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A placement that has ended is visited no more.",
                    story="""
                        Sat 10 Jan 2015 | placement started (type: U4; arrangement: ordinary; intended to 18: yes)
                        Wed 30 Nov 2016 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Mon 9 Jan 2017 | placement ended
                        Tue 10 Jan 2017 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-weekly-pre-review",
            paragraphs=(
                Paragraph(
                    rule="Placed with a parent or with carers not yet approved, a child is seen every week until the first review.",
                    story="""
                        Fri 6 Mar 2026 | placement started (type: P1; arrangement: interim-order-at-home)
                        Tue 10 Mar 2026 23:59 | running
                        Wed 11 Mar 2026 00:00 | due soon
                        Fri 13 Mar 2026 23:59 | due soon
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Each week runs from the visit that was made.",
                    story="""
                        Fri 6 Mar 2026 | placement started (type: U1; arrangement: temporary-approval)
                        Wed 11 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Sat 14 Mar 2026 09:00 | running
                        Wed 18 Mar 2026 23:59 | due soon
                        Thu 19 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The first review ends the weekly visits; a visit after it begins no new week.",
                    story="""
                        Fri 6 Mar 2026 | placement started (type: P1; arrangement: parent-before-assessment)
                        Thu 12 Mar 2026 | review held (kind: looked-after; care ref: care-1)
                        Fri 13 Mar 2026 09:00 | cancelled
                        Mon 16 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Tue 17 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="An ordinary placement has no weekly visits.",
                    story="""
                        Fri 6 Mar 2026 | placement started (type: U6; arrangement: ordinary)
                        Sat 7 Mar 2026 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-4w-tempapproval",
            paragraphs=(
                Paragraph(
                    rule="After the first review a child with carers approved for the time being is seen every four weeks.",
                    story="""
                        Mon 2 Feb 2026 | placement started (type: U1; arrangement: temporary-approval)
                        Mon 2 Mar 2026 | review held (kind: looked-after; care ref: care-1)
                        Tue 24 Mar 2026 23:59 | running
                        Wed 25 Mar 2026 00:00 | due soon
                        Mon 30 Mar 2026 23:59 | due soon
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The four weeks run from the visit that was made.",
                    story="""
                        Mon 2 Feb 2026 | placement started (type: P1; arrangement: interim-order-at-home)
                        Mon 2 Mar 2026 | review held (kind: looked-after; care ref: care-1)
                        Mon 16 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Tue 31 Mar 2026 09:00 | running
                        Mon 13 Apr 2026 23:59 | due soon
                        Tue 14 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A placement that has ended is visited no more.",
                    story="""
                        Mon 2 Feb 2026 | placement started (type: U1; arrangement: temporary-approval)
                        Mon 2 Mar 2026 | review held (kind: looked-after; care ref: care-1)
                        Mon 9 Mar 2026 | placement ended (care ref: care-1)
                        Tue 10 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="An ordinary placement has six weeks, not four.",
                    story="""
                        Mon 2 Feb 2026 | placement started (type: U6; arrangement: ordinary)
                        Mon 2 Mar 2026 | review held (kind: looked-after; care ref: care-1)
                        Tue 3 Mar 2026 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-visit-care-order-home-1w",
            paragraphs=(
                Paragraph(
                    rule="A child at home with a parent is seen within a week of a care order.",
                    story="""
                        Mon 5 Jan 2026 | placement started (type: P1; arrangement: ordinary)
                        Fri 6 Mar 2026 | legal status changed (to status: C2)
                        Tue 10 Mar 2026 23:59 | running
                        Wed 11 Mar 2026 00:00 | due soon
                        Fri 13 Mar 2026 23:59 | due soon
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Seen on the seventh day, the visit is in time.",
                    story="""
                        Mon 5 Jan 2026 | placement started (type: P1; arrangement: ordinary)
                        Fri 6 Mar 2026 | legal status changed (to status: C2)
                        Fri 13 Mar 2026 | visit made (kind: looked-after; care ref: care-1; placement ref: placement-1; child seen: yes)
                        Sat 14 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="With foster carers there is no such visit.",
                    story="""
                        Mon 5 Jan 2026 | placement started (type: U6; arrangement: ordinary)
                        Fri 6 Mar 2026 | legal status changed (to status: C2)
                        Sat 7 Mar 2026 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="An interim order does not start it.",
                    story="""
                        Mon 5 Jan 2026 | placement started (type: P1; arrangement: ordinary)
                        Fri 6 Mar 2026 | legal status changed (to status: C1)
                        Sat 7 Mar 2026 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care is not owed it.",
                    story="""
                        Mon 5 Jan 2026 | placement started (type: P1; arrangement: ordinary)
                        Fri 6 Mar 2026 | legal status changed (to status: C2)
                        Tue 10 Mar 2026 | child ceased to be looked after (reason: E8)
                        Wed 11 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-placement-notification-5wd",
            paragraphs=(
                Paragraph(
                    rule="After a placement in an emergency everybody concerned is told in writing within five working days.",
                    story="""
                        Wed 23 Dec 2015 | placement started (emergency: yes)
                        Tue 29 Dec 2015 23:59 | running
                        Wed 30 Dec 2015 00:00 | due soon
                        Mon 4 Jan 2016 23:59 | due soon
                        Tue 5 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The notice to all parties meets it; the one to the area authority is another.",
                    story="""
                        Wed 23 Dec 2015 | placement started (emergency: yes)
                        Tue 29 Dec 2015 | placement notified (kind: area-authority)
                        Wed 30 Dec 2015 09:00 | due soon
                        Mon 4 Jan 2016 | placement notified (kind: all-parties)
                        Tue 5 Jan 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Recorded as not reasonably practicable, it is not owed.",
                    story="""
                        Wed 23 Dec 2015 | placement started (emergency: yes)
                        Tue 29 Dec 2015 | duty exception recorded (duty ref: placement-1; timescale: lac-placement-notification-5wd; kind: not-reasonably-practicable)
                        Wed 30 Dec 2015 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="Before a planned placement the notice comes first, on the day it starts at the latest.",
                    story="""
                        Mon 7 Dec 2015 | placement notified (kind: all-parties)
                        Wed 9 Dec 2015 | placement started (emergency: no)
                        Wed 9 Dec 2015 18:00 | met
                    """,
                ),
                Paragraph(
                    rule="Where no notice of a planned placement is known, nothing is claimed; once a later one is, it was late.",
                    story="""
                        Wed 9 Dec 2015 | placement started (emergency: no)
                        Mon 14 Dec 2015 09:00 | undecidable
                        Tue 15 Dec 2015 | placement notified (kind: all-parties)
                        Wed 16 Dec 2015 09:00 | met late
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-out-of-area-notification-5wd",
            paragraphs=(
                Paragraph(
                    rule="After a placement in an emergency in another area, its authority is told in writing within five working days.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes; out of area: yes)
                        Tue 22 Mar 2016 23:59 | running
                        Wed 23 Mar 2016 00:00 | due soon
                        Tue 29 Mar 2016 23:59 | due soon
                        Wed 30 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The notice to the area authority meets it; the one to all parties does not.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes; out of area: yes)
                        Mon 21 Mar 2016 | placement notified (kind: all-parties)
                        Wed 23 Mar 2016 09:00 | due soon
                        Tue 29 Mar 2016 | placement notified (kind: area-authority)
                        Wed 30 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A placement in our own area needs no such notice.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes; out of area: no)
                        Mon 21 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A planned placement is told of before it is made.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: no; out of area: yes)
                        Tue 29 Mar 2016 09:00 | undecidable
                        Thu 17 Mar 2016 | placement notified (kind: area-authority), recorded Tue 29 Mar 2016 12:00
                        Tue 29 Mar 2016 13:00 | met
                    """,
                ),
                Paragraph(
                    rule="Before 27 January 2014 the regulations did not ask for it.",
                    story="""
                        Sun 26 Jan 2014 | placement started (emergency: yes; out of area: yes)
                        Mon 27 Jan 2014 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-initial-health-assessment",
            paragraphs=(
                Paragraph(
                    rule="A child’s health is assessed within twenty working days of coming into care.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Sun 13 Mar 2016 23:59 | running
                        Mon 14 Mar 2016 00:00 | due soon
                        Wed 6 Apr 2016 23:59 | due soon
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the first review is held sooner, the assessment is due by that day.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Thu 24 Mar 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 24 Mar 2016 18:00 | due soon
                        Fri 25 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Completed on the day of that review, it is in time.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Thu 24 Mar 2016 | review held (kind: looked-after; care ref: care-1)
                        Thu 24 Mar 2016 | health assessment completed (kind: initial)
                        Fri 25 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A review of the child’s health is not the first assessment.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Thu 31 Mar 2016 | health assessment completed (kind: review)
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who understands and refuses need not be assessed.",
                    story="""
                        Mon 7 Mar 2016 | child became looked after
                        Wed 16 Mar 2016 | duty exception recorded (duty ref: care-1; timescale: lac-initial-health-assessment; kind: refused-by-competent-child)
                        Thu 17 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-rha-6m-under5",
            paragraphs=(
                Paragraph(
                    rule="Under five, a child’s health is reviewed every six months.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Thu 10 Mar 2011)
                        Sat 1 Aug 2015 | health assessment completed (kind: initial)
                        Sun 3 Jan 2016 23:59 | running
                        Mon 4 Jan 2016 00:00 | due soon
                        Mon 1 Feb 2016 23:59 | due soon
                        Tue 2 Feb 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the six months would end after the fifth birthday, twelve are allowed.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Thu 10 Mar 2011)
                        Fri 20 Nov 2015 | health assessment completed (kind: initial)
                        Sat 21 May 2016 09:00 | running
                        Sun 20 Nov 2016 23:59 | due soon
                        Mon 21 Nov 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Each review begins the next interval.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Thu 10 Mar 2011)
                        Mon 2 Feb 2015 | health assessment completed (kind: initial)
                        Mon 15 Jun 2015 | health assessment completed (kind: review)
                        Mon 3 Aug 2015 09:00 | running
                        Tue 15 Dec 2015 23:59 | due soon
                        Wed 16 Dec 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who is five already is reviewed under the other rule; while the date of birth is not known, it cannot be decided which.",
                    story="""
                        Fri 18 Mar 2016 | health assessment completed (kind: initial)
                        Sat 19 Mar 2016 09:00 | undecidable
                        Sat 19 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2011)
                        Mon 21 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care needs none.",
                    story="""
                        Mon 2 Feb 2015 | child details recorded (date of birth: Thu 10 Mar 2011)
                        Sat 1 Aug 2015 | health assessment completed (kind: initial)
                        Fri 11 Dec 2015 | child ceased to be looked after (reason: E4A)
                        Mon 14 Dec 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-rha-12m-5plus",
            paragraphs=(
                Paragraph(
                    rule="From five on, a child’s health is reviewed every twelve months; from 29 February that is 28 February.",
                    story="""
                        Mon 4 Jan 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 29 Feb 2016 | health assessment completed (kind: initial)
                        Mon 30 Jan 2017 23:59 | running
                        Tue 31 Jan 2017 00:00 | due soon
                        Tue 28 Feb 2017 23:59 | due soon
                        Wed 1 Mar 2017 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next twelve months run from the review that was held.",
                    story="""
                        Mon 4 Jan 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 29 Feb 2016 | health assessment completed (kind: initial)
                        Fri 9 Dec 2016 | health assessment completed (kind: review)
                        Wed 1 Mar 2017 09:00 | running
                        Sun 10 Dec 2017 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The eighteenth birthday ends it.",
                    story="""
                        Mon 4 May 2015 | child details recorded (date of birth: Tue 10 Mar 1998)
                        Mon 4 May 2015 | health assessment completed (kind: review)
                        Wed 9 Mar 2016 23:59 | running
                        Thu 10 Mar 2016 00:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care needs none.",
                    story="""
                        Mon 4 Jan 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 29 Feb 2016 | health assessment completed (kind: initial)
                        Fri 1 Jul 2016 | child ceased to be looked after (reason: E4A)
                        Mon 4 Jul 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-pep-10wd",
            paragraphs=(
                Paragraph(
                    rule="When a child of school age comes into care in an emergency, the education plan is begun within ten working days.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | placement started (emergency: yes)
                        Tue 15 Mar 2016 23:59 | running
                        Wed 16 Mar 2016 00:00 | due soon
                        Mon 21 Mar 2016 23:59 | due soon
                        Tue 22 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It need only be begun.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | placement started (emergency: yes)
                        Mon 21 Mar 2016 | plan prepared (kind: personal-education-plan; stage: initiated)
                        Tue 22 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A later placement, though in an emergency, starts nothing.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | placement started (emergency: no; placement ref: first)
                        Mon 14 Mar 2016 | placement started (emergency: yes; placement ref: second)
                        Tue 15 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child below school age needs none.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Fri 11 Mar 2011)
                        Mon 7 Mar 2016 | placement started (emergency: yes)
                        Tue 8 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care before then needs none.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | placement started (emergency: yes)
                        Thu 10 Mar 2016 | child ceased to be looked after (reason: E4A)
                        Fri 11 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-pep-first-review",
            paragraphs=(
                Paragraph(
                    rule="The education plan is there by the time the first review is due.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | child became looked after
                        Tue 29 Mar 2016 23:59 | running
                        Wed 30 Mar 2016 00:00 | due soon
                        Wed 6 Apr 2016 23:59 | due soon
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A plan only begun is not yet a plan; a first version is.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | child became looked after
                        Thu 17 Mar 2016 | plan prepared (kind: personal-education-plan; stage: initiated)
                        Wed 30 Mar 2016 09:00 | due soon
                        Wed 6 Apr 2016 | plan prepared (kind: personal-education-plan; stage: first-version)
                        Thu 7 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="School age ends on the last Friday in June of the school year in which the child is sixteen, that Friday included.",
                    story="""
                        Fri 10 Jun 2016 | child details recorded (date of birth: Wed 1 Sep 1999)
                        Fri 24 Jun 2016 | child became looked after (care ref: first)
                        Fri 24 Jun 2016 18:00 | running
                    """,
                ),
                Paragraph(
                    rule="The Saturday after it, no plan is owed under this rule.",
                    story="""
                        Fri 10 Jun 2016 | child details recorded (date of birth: Wed 1 Sep 1999)
                        Sat 25 Jun 2016 | child became looked after
                        Mon 27 Jun 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care before then needs none.",
                    story="""
                        Mon 7 Mar 2016 | child details recorded (date of birth: Thu 10 Mar 2005)
                        Mon 7 Mar 2016 | child became looked after
                        Thu 17 Mar 2016 | child ceased to be looked after (reason: E4A)
                        Fri 18 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-care-plan-10wd",
            paragraphs=(
                Paragraph(
                    rule="A care plan is there within ten working days of the first placement.",
                    story="""
                        Fri 18 Mar 2016 | placement started
                        Tue 29 Mar 2016 23:59 | running
                        Thu 31 Mar 2016 00:00 | due soon
                        Tue 5 Apr 2016 23:59 | due soon
                        Wed 6 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A first version on the last day is in time; a plan only begun is not.",
                    story="""
                        Fri 18 Mar 2016 | placement started
                        Thu 24 Mar 2016 | plan prepared (kind: care-plan; stage: initiated)
                        Fri 1 Apr 2016 09:00 | due soon
                        Tue 5 Apr 2016 | plan prepared (kind: care-plan; stage: first-version)
                        Wed 6 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A plan of another kind does not meet it.",
                    story="""
                        Fri 18 Mar 2016 | placement started
                        Thu 24 Mar 2016 | plan prepared (kind: placement-plan; stage: complete; placement ref: placement-1)
                        Wed 6 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A move starts nothing: the plan is for the period of care.",
                    story="""
                        Fri 18 Mar 2016 | placement started (placement ref: first)
                        Mon 21 Mar 2016 | plan prepared (kind: care-plan; stage: complete)
                        Fri 1 Apr 2016 | placement started (placement ref: second)
                        Fri 22 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child who leaves care before then needs none.",
                    story="""
                        Fri 18 Mar 2016 | placement started
                        Thu 24 Mar 2016 | child ceased to be looked after (reason: E4A)
                        Tue 29 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-placement-plan-5wd",
            paragraphs=(
                Paragraph(
                    rule="After a placement in an emergency its plan is made within five working days.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes)
                        Tue 22 Mar 2016 23:59 | running
                        Wed 23 Mar 2016 00:00 | due soon
                        Tue 29 Mar 2016 23:59 | due soon
                        Wed 30 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A first version for this placement meets it.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes)
                        Tue 29 Mar 2016 | plan prepared (kind: placement-plan; stage: first-version; placement ref: placement-1)
                        Wed 30 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A plan for another placement does not.",
                    story="""
                        Fri 18 Mar 2016 | placement started (emergency: yes)
                        Tue 29 Mar 2016 | plan prepared (kind: placement-plan; stage: complete; placement ref: another)
                        Wed 30 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A placement that has ended needs none, and a planned one has its plan before it starts.",
                    story="""
                        Fri 11 Mar 2016 | placement started (emergency: no; placement ref: first)
                        Mon 14 Mar 2016 09:00 | nothing runs
                        Fri 18 Mar 2016 | placement started (emergency: yes; placement ref: second)
                        Mon 21 Mar 2016 | placement ended (placement ref: second)
                        Tue 22 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-temporary-approval-16w",
            paragraphs=(
                Paragraph(
                    rule="The approval of a relative or friend for the time being lapses after sixteen weeks.",
                    story="""
                        Mon 4 Jan 2016 | temporary approval given (is extension: no)
                        Sun 13 Mar 2016 23:59 | running
                        Mon 14 Mar 2016 00:00 | due soon
                        Mon 25 Apr 2016 23:59 | due soon
                        Tue 26 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="It may be extended once, by eight weeks.",
                    story="""
                        Mon 4 Jan 2016 | temporary approval given (is extension: no)
                        Mon 18 Apr 2016 | temporary approval given (is extension: yes)
                        Tue 26 Apr 2016 09:00 | due soon
                        Mon 20 Jun 2016 23:59 | due soon
                        Tue 21 Jun 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A second extension adds nothing.",
                    story="""
                        Mon 4 Jan 2016 | temporary approval given (is extension: no)
                        Mon 18 Apr 2016 | temporary approval given (is extension: yes)
                        Mon 6 Jun 2016 | temporary approval given (is extension: yes)
                        Tue 21 Jun 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The end stated in the approval wins.",
                    story="""
                        Mon 4 Jan 2016 | temporary approval given (is extension: no; expires on: Fri 1 Apr 2016)
                        Fri 1 Apr 2016 23:59 | due soon
                        Sat 2 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A decision on the carer, either way, or the end of the placement ends it in time.",
                    story="""
                        Mon 4 Jan 2016 | temporary approval given (is extension: no)
                        Mon 25 Apr 2016 | carer approval decided (approved: no)
                        Tue 26 Apr 2016 09:00 | met
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-placed-with-parent-assessment-10wd",
            paragraphs=(
                Paragraph(
                    rule="A parent with whom a child was placed in haste is assessed within ten working days.",
                    story="""
                        Mon 7 Mar 2016 | placement started (type: P1; arrangement: parent-before-assessment)
                        Tue 15 Mar 2016 23:59 | running
                        Wed 16 Mar 2016 00:00 | due soon
                        Mon 21 Mar 2016 23:59 | due soon
                        Tue 22 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The assessment of the parent meets it.",
                    story="""
                        Mon 7 Mar 2016 | placement started (type: P1; arrangement: parent-before-assessment)
                        Mon 21 Mar 2016 | assessment authorised (kind: parent-placement; placement ref: placement-1)
                        Tue 22 Mar 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="The assessment of the child and family does not.",
                    story="""
                        Mon 7 Mar 2016 | placement started (type: P1; arrangement: parent-before-assessment)
                        Mon 21 Mar 2016 | assessment authorised (kind: child-and-family; outcome: looked-after; placement ref: placement-1)
                        Tue 22 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A placement that ended first needs none.",
                    story="""
                        Mon 7 Mar 2016 | placement started (type: P1; arrangement: parent-before-assessment)
                        Wed 16 Mar 2016 | placement ended
                        Thu 17 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="lac-short-break-limits",
            paragraphs=(
                Paragraph(
                    rule="A short break ends by its seventeenth day, the first day counted.",
                    story="""
                        Fri 1 May 2015 | short break started
                        Thu 14 May 2015 23:59 | running
                        Fri 15 May 2015 00:00 | due soon
                        Sun 17 May 2015 23:59 | due soon
                        Mon 18 May 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Five days before the seventy-five of twelve months it is warned of, as the day begins on which seventy are taken.",
                    story="""
                        Fri 1 May 2015 | short break started (short break ref: first)
                        Sun 17 May 2015 | short break ended (short break ref: first)
                        Wed 1 Jul 2015 | short break started (short break ref: second)
                        Fri 17 Jul 2015 | short break ended (short break ref: second)
                        Tue 1 Sep 2015 | short break started (short break ref: third)
                        Thu 17 Sep 2015 | short break ended (short break ref: third)
                        Sun 1 Nov 2015 | short break started (short break ref: fourth)
                        Sun 15 Nov 2015 | short break ended (short break ref: fourth)
                        Fri 1 Jan 2016 | short break started (short break ref: fifth)
                        Sun 3 Jan 2016 23:59 | running
                        Mon 4 Jan 2016 00:00 | due soon
                        Sat 9 Jan 2016 23:59 | due soon
                        Sun 10 Jan 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="With seventy-five days taken in twelve months, a break begun on the next day is too long from its first day.",
                    story="""
                        Fri 1 May 2015 | short break started (short break ref: first)
                        Fri 15 May 2015 | short break ended (short break ref: first)
                        Wed 1 Jul 2015 | short break started (short break ref: second)
                        Wed 15 Jul 2015 | short break ended (short break ref: second)
                        Tue 1 Sep 2015 | short break started (short break ref: third)
                        Tue 15 Sep 2015 | short break ended (short break ref: third)
                        Sun 1 Nov 2015 | short break started (short break ref: fourth)
                        Sun 15 Nov 2015 | short break ended (short break ref: fourth)
                        Fri 1 Jan 2016 | short break started (short break ref: fifth)
                        Fri 15 Jan 2016 | short break ended (short break ref: fifth)
                        Sat 16 Jan 2016 09:00 | met
                        Fri 1 Apr 2016 | short break started (short break ref: sixth)
                        Fri 1 Apr 2016 09:00 | breached
                        Sun 3 Apr 2016 | short break ended (short break ref: sixth)
                        Mon 4 Apr 2016 09:00 | met late
                    """,
                ),
                Paragraph(
                    rule="Days more than twelve months old no longer count.",
                    story="""
                        Fri 1 May 2015 | short break started (short break ref: first)
                        Fri 15 May 2015 | short break ended (short break ref: first)
                        Wed 1 Jul 2015 | short break started (short break ref: second)
                        Wed 15 Jul 2015 | short break ended (short break ref: second)
                        Tue 1 Sep 2015 | short break started (short break ref: third)
                        Tue 15 Sep 2015 | short break ended (short break ref: third)
                        Sun 1 Nov 2015 | short break started (short break ref: fourth)
                        Sun 15 Nov 2015 | short break ended (short break ref: fourth)
                        Fri 1 Jan 2016 | short break started (short break ref: fifth)
                        Fri 15 Jan 2016 | short break ended (short break ref: fifth)
                        Mon 2 May 2016 | short break started (short break ref: sixth)
                        Wed 4 May 2016 | short break ended (short break ref: sixth)
                        Thu 5 May 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Another series of breaks has a total of its own.",
                    story="""
                        Fri 1 May 2015 | short break started (short break ref: first)
                        Fri 15 May 2015 | short break ended (short break ref: first)
                        Wed 1 Jul 2015 | short break started (short break ref: second)
                        Wed 15 Jul 2015 | short break ended (short break ref: second)
                        Tue 1 Sep 2015 | short break started (short break ref: third)
                        Tue 15 Sep 2015 | short break ended (short break ref: third)
                        Sun 1 Nov 2015 | short break started (short break ref: fourth)
                        Sun 15 Nov 2015 | short break ended (short break ref: fourth)
                        Fri 1 Jan 2016 | short break started (short break ref: fifth)
                        Fri 15 Jan 2016 | short break ended (short break ref: fifth)
                        Fri 1 Apr 2016 | short break started (short break ref: sixth; series ref: another)
                        Fri 1 Apr 2016 09:00 | running
                    """,
                ),
            ),
        ),
        Section(
            timescale="careleaver-visit-7d",
            paragraphs=(
                Paragraph(
                    rule="A care leaver is seen within seven days of a move.",
                    story="""
                        Fri 6 Mar 2026 | care leaver moved
                        Tue 10 Mar 2026 23:59 | running
                        Wed 11 Mar 2026 00:00 | due soon
                        Fri 13 Mar 2026 23:59 | due soon
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Seen on the seventh day, the visit is in time; a visit at which nobody was in does not count.",
                    story="""
                        Fri 6 Mar 2026 | care leaver moved
                        Tue 10 Mar 2026 | visit made (kind: care-leaver; care ref: care-1; child seen: no; outcome: not-at-home)
                        Wed 11 Mar 2026 09:00 | due soon
                        Fri 13 Mar 2026 | visit made (kind: care-leaver; care ref: care-1; child seen: yes; visit ref: second)
                        Sat 14 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="The eighteenth birthday does not end it.",
                    story="""
                        Fri 6 Mar 2026 | child details recorded (date of birth: Mon 10 Mar 2008)
                        Fri 6 Mar 2026 | care leaver moved
                        Tue 10 Mar 2026 09:00 | running
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
            ),
        ),
    ),
)
