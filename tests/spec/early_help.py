"""What is aimed at when a family is helped before the law asks for it."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="early-help",
    opening="Early help is given with consent: its time is a target, not a limit.",
    sections=(
        Section(
            timescale="eh-plan-3m",
            paragraphs=(
                Paragraph(
                    rule="An early help plan is meant to be completed within three months; later, it has missed a target and broken no law.",
                    story="""
                        Thu 31 Dec 2015 | plan started (kind: early-help)
                        Wed 10 Feb 2016 23:59 | running
                        Thu 11 Feb 2016 00:00 | due soon
                        Thu 31 Mar 2016 23:59 | due soon
                        Fri 1 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Completed on the last day, it is in time.",
                    story="""
                        Thu 31 Dec 2015 | plan started (kind: early-help)
                        Thu 31 Mar 2016 | plan ended (kind: early-help; reason: completed; needs met: yes)
                        Fri 1 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A family that withdraws its consent is not late.",
                    story="""
                        Thu 31 Dec 2015 | plan started (kind: early-help)
                        Mon 1 Feb 2016 | plan ended (kind: early-help; reason: consent-withdrawn; needs met: no)
                        Tue 2 Feb 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="Stepped up to social care, the plan has given way; stepped down again, a new plan has three months of its own.",
                    story="""
                        Thu 31 Dec 2015 | plan started (kind: early-help; plan ref: first)
                        Mon 1 Feb 2016 | stepped up (plan ref: first)
                        Tue 2 Feb 2016 09:00 | cancelled
                        Thu 30 Jun 2016 | stepped down
                        Thu 30 Jun 2016 | plan started (kind: early-help; plan ref: second)
                        Fri 1 Jul 2016 09:00 | running
                        Sat 1 Oct 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Plans of other kinds have other rules.",
                    story="""
                        Thu 31 Dec 2015 | plan started (kind: child-in-need)
                        Fri 1 Jan 2016 09:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
