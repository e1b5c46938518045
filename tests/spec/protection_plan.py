"""What must happen while a child protection plan runs."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="protection-plan",
    opening="From the day a plan starts to the day it ends: core groups, visits and reviews.",
    sections=(
        Section(
            timescale="cp-core-group-first-10wd",
            paragraphs=(
                Paragraph(
                    rule="The core group first meets within ten working days, Easter not counted.",
                    story="""
                        Fri 18 Mar 2016 | plan started (kind: child-protection)
                        Thu 31 Mar 2016 00:00 | due soon
                        Tue 5 Apr 2016 23:59 | due soon
                        Wed 6 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child in need plan has no core group to wait for.",
                    story="""
                        Fri 18 Mar 2016 | plan started (kind: child-in-need)
                        Mon 21 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A plan that ends first needs no core group.",
                    story="""
                        Fri 18 Mar 2016 | plan started (kind: child-protection)
                        Wed 23 Mar 2016 | plan ended (kind: child-protection)
                        Thu 24 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-core-group-next",
            paragraphs=(
                Paragraph(
                    rule="The core group meets again within six weeks of its last meeting.",
                    story="""
                        Wed 17 Feb 2016 | core group held
                        Tue 22 Mar 2016 23:59 | running
                        Wed 23 Mar 2016 00:00 | due soon
                        Wed 30 Mar 2016 23:59 | due soon
                        Thu 31 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held early, the next six weeks run from the day it met.",
                    story="""
                        Wed 17 Feb 2016 | core group held
                        Wed 9 Mar 2016 | core group held (meeting ref: second)
                        Thu 31 Mar 2016 09:00 | running
                        Wed 20 Apr 2016 23:59 | due soon
                        Thu 21 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A plan that has ended has no more core groups.",
                    story="""
                        Wed 17 Feb 2016 | core group held
                        Fri 4 Mar 2016 | plan ended (kind: child-protection)
                        Mon 7 Mar 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A plan that starts has its first core group to wait for, not its next.",
                    story="""
                        Wed 17 Feb 2016 | plan started (kind: child-protection)
                        Thu 18 Feb 2016 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-visit",
            paragraphs=(
                Paragraph(
                    rule="A child on a plan is seen every ten working days, counted from the visit that was made.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-protection)
                        Tue 10 Mar 2026 | visit made (kind: child-protection; plan ref: plan-1; child seen: yes)
                        Tue 24 Mar 2026 23:59 | due soon
                        Wed 25 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A visit at which the child was not seen resets nothing.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-protection)
                        Tue 10 Mar 2026 | visit made (kind: child-protection; plan ref: plan-1; child seen: no)
                        Tue 17 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A late visit ends the breach and begins the next interval.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-protection)
                        Tue 17 Mar 2026 09:00 | breached
                        Wed 18 Mar 2026 | visit made (kind: child-protection; plan ref: plan-1; child seen: yes)
                        Wed 18 Mar 2026 18:00 | running
                    """,
                ),
                Paragraph(
                    rule="A child who becomes looked after is visited under the rules of care.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-protection)
                        Wed 11 Mar 2026 | child became looked after
                        Thu 12 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-review-first-3m",
            paragraphs=(
                Paragraph(
                    rule="Three months after 30 November is the last day of February, leap year or not.",
                    story="""
                        Mon 30 Nov 2015 | conference held (kind: initial; outcome: cp-plan; plan ref: plan-1)
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A weekend does not move it.",
                    story="""
                        Sun 30 Nov 2014 | conference held (kind: initial; outcome: cp-plan; plan ref: plan-1)
                        Sat 28 Feb 2015 | conference held (kind: review; plan ref: plan-1; continue plan: yes)
                        Sun 1 Mar 2015 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A conference that makes no plan leads to no review.",
                    story="""
                        Mon 9 Mar 2026 | conference held (kind: initial; outcome: nfa)
                        Tue 10 Mar 2026 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-review-next-6m",
            paragraphs=(
                Paragraph(
                    rule="Each further review is due six months after the last one held.",
                    story="""
                        Mon 31 Aug 2015 | conference held (kind: review; plan ref: plan-1; continue plan: yes)
                        Mon 1 Feb 2016 00:00 | due soon
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A review that ends the plan starts nothing.",
                    story="""
                        Mon 31 Aug 2015 | conference held (kind: review; plan ref: plan-1; continue plan: no)
                        Tue 1 Sep 2015 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A plan that ends before the review needs none.",
                    story="""
                        Mon 31 Aug 2015 | conference held (kind: review; plan ref: plan-1; continue plan: yes)
                        Wed 2 Dec 2015 | plan ended (kind: child-protection)
                        Thu 3 Dec 2015 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-review-after-birth",
            paragraphs=(
                Paragraph(
                    rule="A plan made before birth is reviewed within twenty working days of the birth.",
                    story="""
                        Tue 12 Jan 2016 | conference held (kind: initial; outcome: cp-plan; plan ref: plan-1)
                        Tue 12 Jan 2016 | plan started (kind: child-protection)
                        Tue 1 Mar 2016 | child born (date of birth: Tue 1 Mar 2016)
                        Mon 21 Mar 2016 23:59 | running
                        Tue 22 Mar 2016 00:00 | due soon
                        Thu 31 Mar 2016 23:59 | due soon
                        Fri 1 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Three months from the conference that made the plan, where they end sooner.",
                    story="""
                        Wed 16 Dec 2015 | conference held (kind: initial; outcome: cp-plan; plan ref: plan-1)
                        Wed 16 Dec 2015 | plan started (kind: child-protection)
                        Tue 1 Mar 2016 | child born (date of birth: Tue 1 Mar 2016)
                        Wed 16 Mar 2016 23:59 | due soon
                        Thu 17 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A review conference meets it.",
                    story="""
                        Tue 12 Jan 2016 | conference held (kind: initial; outcome: cp-plan; plan ref: plan-1)
                        Tue 12 Jan 2016 | plan started (kind: child-protection)
                        Tue 1 Mar 2016 | child born (date of birth: Tue 1 Mar 2016)
                        Thu 31 Mar 2016 | conference held (kind: review; plan ref: plan-1; continue plan: yes; conference ref: second)
                        Fri 1 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A plan that ended before the birth needs no review after it.",
                    story="""
                        Tue 12 Jan 2016 | plan started (kind: child-protection)
                        Fri 26 Feb 2016 | plan ended (kind: child-protection)
                        Tue 1 Mar 2016 | child born (date of birth: Tue 1 Mar 2016)
                        Wed 2 Mar 2016 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A plan that ends after the birth and before the review needs none.",
                    story="""
                        Tue 12 Jan 2016 | plan started (kind: child-protection)
                        Tue 1 Mar 2016 | child born (date of birth: Tue 1 Mar 2016)
                        Thu 10 Mar 2016 | plan ended (kind: child-protection)
                        Fri 11 Mar 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cp-plan-long-15m",
            paragraphs=(
                Paragraph(
                    rule="A plan open for fifteen months is brought to a manager’s notice; nobody has broken the law.",
                    story="""
                        Wed 31 Dec 2014 | plan started (kind: child-protection)
                        Wed 30 Dec 2015 23:59 | running
                        Thu 31 Dec 2015 00:00 | due soon
                        Thu 31 Mar 2016 23:59 | due soon
                        Fri 1 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A plan that ends on the last day has not run too long.",
                    story="""
                        Wed 31 Dec 2014 | plan started (kind: child-protection)
                        Thu 31 Mar 2016 | plan ended (kind: child-protection)
                        Fri 1 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child in need plan is not watched for this.",
                    story="""
                        Wed 31 Dec 2014 | plan started (kind: child-in-need)
                        Fri 1 Apr 2016 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="cin-plan-review",
            paragraphs=(
                Paragraph(
                    rule="A child in need plan is reviewed every three months; from 30 November that is the end of February.",
                    story="""
                        Mon 30 Nov 2015 | plan started (kind: child-in-need)
                        Sun 14 Feb 2016 23:59 | running
                        Mon 15 Feb 2016 00:00 | due soon
                        Mon 29 Feb 2016 23:59 | due soon
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next three months run from the review that was held.",
                    story="""
                        Mon 30 Nov 2015 | plan started (kind: child-in-need)
                        Fri 8 Jan 2016 | review held (kind: child-in-need; plan ref: plan-1)
                        Tue 1 Mar 2016 09:00 | running
                        Fri 8 Apr 2016 23:59 | due soon
                        Sat 9 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A review of another kind does not count.",
                    story="""
                        Mon 30 Nov 2015 | plan started (kind: child-in-need)
                        Fri 8 Jan 2016 | review held (kind: looked-after; care ref: care-1; plan ref: plan-1)
                        Tue 1 Mar 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A plan that has ended is reviewed no more.",
                    story="""
                        Mon 30 Nov 2015 | plan started (kind: child-in-need)
                        Tue 26 Jan 2016 | plan ended (kind: child-in-need)
                        Wed 27 Jan 2016 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="cin-visit",
            paragraphs=(
                Paragraph(
                    rule="A child in need is seen every twenty working days.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-in-need)
                        Sun 22 Mar 2026 23:59 | running
                        Mon 23 Mar 2026 00:00 | due soon
                        Mon 30 Mar 2026 23:59 | due soon
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="They are counted from the visit that was made, Easter left out.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-in-need)
                        Tue 17 Mar 2026 | visit made (kind: child-in-need; plan ref: plan-1; child seen: yes)
                        Thu 16 Apr 2026 23:59 | due soon
                        Fri 17 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A visit at which the child was not seen resets nothing.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-in-need)
                        Tue 17 Mar 2026 | visit made (kind: child-in-need; plan ref: plan-1; child seen: no)
                        Tue 31 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A plan that has ended has no more visits.",
                    story="""
                        Mon 2 Mar 2026 | plan started (kind: child-in-need)
                        Fri 13 Mar 2026 | plan ended (kind: child-in-need)
                        Mon 16 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
    ),
)
