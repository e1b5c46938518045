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
    ),
)
