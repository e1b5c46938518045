"""What must happen when a child is missing, and when the child is back."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="missing",
    opening="A missing episode runs from when the child was last seen to the return, however late either was told.",
    sections=(
        Section(
            timescale="missing-strategy-72h",
            paragraphs=(
                Paragraph(
                    rule="Every hour counts, weekends and bank holidays included.",
                    story="""
                        Fri 3 Apr 2026 18:00 | missing episode started (type: M)
                        Sat 4 Apr 2026 17:59 | running
                        Sat 4 Apr 2026 18:00 | due soon
                        Mon 6 Apr 2026 17:59 | due soon
                        Mon 6 Apr 2026 18:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Seventy-two whole hours are allowed also when the clocks change.",
                    story="""
                        Fri 27 Mar 2026 18:00 | missing episode started (type: M)
                        Mon 30 Mar 2026 18:59 | due soon
                        Mon 30 Mar 2026 19:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A meeting held before the hour is in time; on the hour it is too late.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M)
                        Thu 12 Mar 2026 08:59 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Thu 12 Mar 2026 09:01 | met
                    """,
                ),
                Paragraph(
                    rule="A late meeting does not undo the breach; it ends it.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M)
                        Thu 12 Mar 2026 09:00 | breached
                        Thu 12 Mar 2026 11:30 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Thu 12 Mar 2026 11:31 | met late
                    """,
                ),
                Paragraph(
                    rule="A meeting of any kind counts for every missing episode that it names.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M)
                        Tue 10 Mar 2026 14:00 | strategy meeting held (kind: exploitation; missing episode refs: missing_episode-1)
                        Tue 10 Mar 2026 15:00 | met
                    """,
                ),
                Paragraph(
                    rule="A child who comes back in time cancels it: neither met nor broken.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M)
                        Wed 11 Mar 2026 23:15 | missing episode ended
                        Thu 12 Mar 2026 09:01 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A child who comes back after it was due leaves it broken.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M)
                        Thu 12 Mar 2026 12:00 | missing episode ended
                        Fri 13 Mar 2026 09:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Reported at hour 80, it is broken on arrival.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: M), recorded Thu 12 Mar 2026 17:00
                        Thu 12 Mar 2026 17:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A wrong report of return changes nothing: the first start rules.",
                    story="""
                        Fri 5 Feb 2016 21:00 | missing episode started (type: M)
                        Sat 6 Feb 2016 09:00 | missing episode ended
                        Sat 6 Feb 2016 10:00 | cancelled
                        Sat 6 Feb 2016 12:00 | missing episode reopened
                        Mon 8 Feb 2016 20:59 | due soon
                        Mon 8 Feb 2016 21:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Away without authorisation is not missing: no clock runs.",
                    story="""
                        Mon 9 Mar 2026 09:00 | missing episode started (type: A)
                        Mon 9 Mar 2026 10:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="Known only to the day, it is warned of early, broken late, and not decided between.",
                    story="""
                        Mon 9 Mar 2026 | missing episode started (type: M)
                        Tue 10 Mar 2026 00:00 | due soon
                        Thu 12 Mar 2026 12:00 | undecidable
                        Fri 13 Mar 2026 00:00 | breached
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-strategy-third-episode",
            paragraphs=(
                Paragraph(
                    rule="The third occasion within ninety days starts three working days.",
                    story="""
                        Mon 1 Jun 2015 20:00 | missing episode started (type: M; missing episode ref: first)
                        Wed 15 Jul 2015 18:00 | missing episode started (type: M; missing episode ref: second)
                        Thu 16 Jul 2015 12:00 | nothing runs
                        Thu 20 Aug 2015 22:00 | missing episode started (type: M; missing episode ref: third)
                        Tue 25 Aug 2015 23:59 | due soon
                        Wed 26 Aug 2015 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="An occasion ninety-two days back no longer counts.",
                    story="""
                        Wed 20 May 2015 20:00 | missing episode started (type: M; missing episode ref: first)
                        Wed 15 Jul 2015 18:00 | missing episode started (type: M; missing episode ref: second)
                        Thu 20 Aug 2015 22:00 | missing episode started (type: M; missing episode ref: third)
                        Fri 21 Aug 2015 12:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A meeting that names the third episode meets it.",
                    story="""
                        Mon 2 Mar 2026 20:00 | missing episode started (type: M; missing episode ref: first)
                        Wed 4 Mar 2026 20:00 | missing episode started (type: M; missing episode ref: second)
                        Fri 6 Mar 2026 20:00 | missing episode started (type: M; missing episode ref: third)
                        Wed 11 Mar 2026 16:00 | strategy meeting held (kind: missing; missing episode refs: third)
                        Wed 11 Mar 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="When police and social care told of one absence twice, the third vanishes with the merge.",
                    story="""
                        Mon 2 Mar 2026 20:00 | missing episode started (type: M; missing episode ref: first)
                        Wed 4 Mar 2026 20:00 | missing episode started (type: M; missing episode ref: second)
                        Wed 4 Mar 2026 20:30 | missing episode started (type: M; missing episode ref: third)
                        Thu 5 Mar 2026 09:00 | due soon
                        Thu 5 Mar 2026 10:00 | missing episodes merged (missing episode ref: second; dropped missing episode refs: third)
                        Thu 5 Mar 2026 11:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-longterm-review",
            paragraphs=(
                Paragraph(
                    rule="While the child is still missing, those who met meet again within seven days.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode started (type: M)
                        Thu 5 Mar 2026 09:00 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Tue 10 Mar 2026 23:59 | running
                        Wed 11 Mar 2026 00:00 | due soon
                        Thu 12 Mar 2026 23:59 | due soon
                        Fri 13 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="The next seven days run from the review that was held.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode started (type: M)
                        Thu 5 Mar 2026 09:00 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Tue 10 Mar 2026 | review held (kind: still-missing; missing episode ref: missing_episode-1)
                        Fri 13 Mar 2026 09:00 | running
                        Tue 17 Mar 2026 23:59 | due soon
                        Wed 18 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Missing for twenty-eight days, the child is spoken of every month.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode started (type: M)
                        Thu 2 Apr 2026 | review held (kind: still-missing; missing episode ref: missing_episode-1)
                        Fri 10 Apr 2026 09:00 | running
                        Sat 2 May 2026 23:59 | due soon
                        Sun 3 May 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="A child who is found ends the reviews.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode started (type: M)
                        Thu 5 Mar 2026 09:00 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Sun 8 Mar 2026 20:00 | missing episode ended
                        Mon 9 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A meeting held after the child came back leads to no such review.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode started (type: M)
                        Wed 4 Mar 2026 20:00 | missing episode ended
                        Thu 5 Mar 2026 09:00 | strategy meeting held (kind: missing; missing episode refs: missing_episode-1)
                        Fri 6 Mar 2026 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-prevention-interview",
            paragraphs=(
                Paragraph(
                    rule="The police speak to a child who is back within a day and a night; it is their duty, watched and not escalated.",
                    story="""
                        Fri 6 Mar 2026 20:00 | missing episode ended
                        Sat 7 Mar 2026 13:59 | running
                        Sat 7 Mar 2026 14:00 | due soon
                        Sat 7 Mar 2026 19:59 | due soon
                        Sat 7 Mar 2026 20:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held before the hour, it is in time.",
                    story="""
                        Fri 6 Mar 2026 20:00 | missing episode ended
                        Sat 7 Mar 2026 19:59 | prevention interview held
                        Sat 7 Mar 2026 20:30 | met
                    """,
                ),
                Paragraph(
                    rule="The independent interview is another thing and does not meet it.",
                    story="""
                        Fri 6 Mar 2026 20:00 | missing episode ended
                        Sat 7 Mar 2026 11:00 | return interview held (independent: yes; missing episode refs: missing_episode-1)
                        Sat 7 Mar 2026 20:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the report of the return was wrong, there is nobody to speak to.",
                    story="""
                        Fri 6 Mar 2026 20:00 | missing episode ended
                        Sat 7 Mar 2026 09:00 | missing episode reopened
                        Sat 7 Mar 2026 10:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-rhi-offer",
            paragraphs=(
                Paragraph(
                    rule="An interview is offered within a day and a night of the return.",
                    story="""
                        Sat 7 Mar 2026 22:00 | missing episode ended
                        Sun 8 Mar 2026 09:59 | running
                        Sun 8 Mar 2026 10:00 | due soon
                        Sun 8 Mar 2026 22:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Offering it, holding it, or hearing that it is declined all show that it was offered.",
                    story="""
                        Sat 7 Mar 2026 22:00 | missing episode ended
                        Sun 8 Mar 2026 12:00 | return interview declined
                        Sun 8 Mar 2026 13:00 | met
                    """,
                ),
                Paragraph(
                    rule="Offered to the carer alone, it is not yet offered to the child.",
                    story="""
                        Sat 7 Mar 2026 22:00 | missing episode ended
                        Sun 8 Mar 2026 12:00 | return interview offered (offered to: carer)
                        Sun 8 Mar 2026 13:00 | due soon
                        Sun 8 Mar 2026 14:00 | return interview offered (offered to: child)
                        Sun 8 Mar 2026 15:00 | met
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-rhi-72h",
            paragraphs=(
                Paragraph(
                    rule="It runs from the return, not from when the child went or when anybody heard.",
                    story="""
                        Fri 23 Oct 2015 20:00 | missing episode ended, recorded Sat 24 Oct 2015 09:00
                        Mon 26 Oct 2015 18:59 | due soon
                        Mon 26 Oct 2015 19:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Bank holidays count.",
                    story="""
                        Thu 24 Dec 2015 16:00 | missing episode ended
                        Sun 27 Dec 2015 15:59 | due soon
                        Sun 27 Dec 2015 16:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held in time and recorded days later, it was held in time.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode ended
                        Thu 5 Mar 2026 10:00 | breached
                        Thu 5 Mar 2026 09:00 | return interview held (independent: yes; missing episode refs: missing_episode-1), recorded Mon 9 Mar 2026 12:00
                        Mon 9 Mar 2026 12:00 | met
                    """,
                ),
                Paragraph(
                    rule="An interview that was not independent does not meet it.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode ended
                        Tue 3 Mar 2026 10:00 | return interview held (independent: no; missing episode refs: missing_episode-1)
                        Tue 3 Mar 2026 11:00 | due soon
                    """,
                ),
                Paragraph(
                    rule="Declined by the child, it is counted in a column of its own.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode ended
                        Tue 3 Mar 2026 10:00 | return interview declined
                        Tue 3 Mar 2026 11:00 | declined
                    """,
                ),
                Paragraph(
                    rule="Missing again before the interview cancels it.",
                    story="""
                        Mon 2 Mar 2026 10:00 | missing episode ended (missing episode ref: first)
                        Tue 3 Mar 2026 22:00 | missing episode started (type: M; missing episode ref: second)
                        Wed 4 Mar 2026 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="A child who was away without authorisation is not owed this interview.",
                    story="""
                        Mon 2 Mar 2026 08:00 | missing episode started (type: A)
                        Mon 2 Mar 2026 10:00 | missing episode ended
                        Mon 2 Mar 2026 11:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-rhi-parent-offer",
            paragraphs=(
                Paragraph(
                    rule="When the child declines the interview, a parent or carer is asked within three working days.",
                    story="""
                        Fri 6 Mar 2026 10:00 | return interview declined
                        Mon 9 Mar 2026 23:59 | running
                        Tue 10 Mar 2026 00:00 | due soon
                        Wed 11 Mar 2026 23:59 | due soon
                        Thu 12 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Asked on the last day, it is in time.",
                    story="""
                        Fri 6 Mar 2026 10:00 | return interview declined
                        Wed 11 Mar 2026 17:00 | return interview offered (offered to: carer)
                        Wed 11 Mar 2026 18:00 | met
                    """,
                ),
                Paragraph(
                    rule="Asking the child once more is not asking the carer.",
                    story="""
                        Fri 6 Mar 2026 10:00 | return interview declined
                        Mon 9 Mar 2026 12:00 | return interview offered (offered to: child)
                        Thu 12 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Where the child had not come back after all, nobody is asked.",
                    story="""
                        Fri 6 Mar 2026 10:00 | return interview declined
                        Fri 6 Mar 2026 12:00 | missing episode reopened
                        Fri 6 Mar 2026 13:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="missing-rhi-share",
            paragraphs=(
                Paragraph(
                    rule="What the child said is passed on within three working days.",
                    story="""
                        Thu 2 Apr 2026 10:00 | return interview held (independent: yes; missing episode refs: missing_episode-1)
                        Tue 7 Apr 2026 23:59 | running
                        Wed 8 Apr 2026 00:00 | due soon
                        Thu 9 Apr 2026 23:59 | due soon
                        Fri 10 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Shared with those who need it, it is met.",
                    story="""
                        Thu 2 Apr 2026 10:00 | return interview held (independent: yes; missing episode refs: missing_episode-1)
                        Thu 9 Apr 2026 16:00 | return interview shared (shared with: police)
                        Thu 9 Apr 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="Sharing what was said about another absence does not count.",
                    story="""
                        Thu 2 Apr 2026 10:00 | return interview held (independent: yes; missing episode refs: missing_episode-1)
                        Wed 8 Apr 2026 16:00 | return interview shared (shared with: police; missing episode ref: another)
                        Fri 10 Apr 2026 00:00 | breached
                    """,
                ),
            ),
        ),
    ),
)
