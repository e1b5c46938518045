"""What must follow when professionals disagree about a child."""

from tests.spec.chapter import Chapter, Paragraph, Section

CHAPTER = Chapter(
    thread="practice-alert",
    opening="A disagreement climbs from those at work to those who lead them, each stage in its own time.",
    sections=(
        Section(
            timescale="iro-dispute-resolution",
            paragraphs=(
                Paragraph(
                    rule="An independent reviewing officer’s alert is resolved within twenty working days.",
                    story="""
                        Mon 7 Mar 2016 | disagreement raised (kind: practice-alert; stage: 1)
                        Tue 29 Mar 2016 23:59 | running
                        Wed 30 Mar 2016 00:00 | due soon
                        Wed 6 Apr 2016 23:59 | due soon
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Resolved on the last day, it is in time.",
                    story="""
                        Mon 7 Mar 2016 | disagreement raised (kind: practice-alert; stage: 1)
                        Wed 6 Apr 2016 | disagreement closed (kind: practice-alert; outcome: resolved)
                        Thu 7 Apr 2016 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Withdrawn, it is over and not resolved.",
                    story="""
                        Mon 7 Mar 2016 | disagreement raised (kind: practice-alert; stage: 1)
                        Wed 16 Mar 2016 | disagreement closed (kind: practice-alert; outcome: withdrawn)
                        Thu 17 Mar 2016 09:00 | cancelled
                    """,
                ),
                Paragraph(
                    rule="The close of the case does not settle it.",
                    story="""
                        Mon 7 Mar 2016 | disagreement raised (kind: practice-alert; stage: 1)
                        Wed 16 Mar 2016 | case closed
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Taken to the next stage, it keeps the time of the first.",
                    story="""
                        Mon 7 Mar 2016 | disagreement raised (kind: practice-alert; stage: 1)
                        Wed 16 Mar 2016 | disagreement raised (kind: practice-alert; stage: 2)
                        Thu 7 Apr 2016 00:00 | breached
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s1-raise-2wd",
            paragraphs=(
                Paragraph(
                    rule="A partner who disagrees with a decision says so within two working days.",
                    story="""
                        Thu 2 Apr 2026 | decision communicated
                        Thu 2 Apr 2026 18:00 | running
                        Wed 8 Apr 2026 23:59 | due soon
                        Thu 9 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Raised on the second day, it is in time.",
                    story="""
                        Thu 2 Apr 2026 | decision communicated
                        Wed 8 Apr 2026 | disagreement raised (kind: professional; stage: 1)
                        Thu 9 Apr 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="An alert of the reviewing officer is another thing.",
                    story="""
                        Thu 2 Apr 2026 | decision communicated
                        Wed 8 Apr 2026 | disagreement raised (kind: practice-alert; stage: 1)
                        Thu 9 Apr 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Before 18 May 2017 the procedure was another.",
                    story="""
                        Wed 17 May 2017 | decision communicated
                        Thu 18 May 2017 09:00 | nothing runs
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s1-speak-3wd",
            paragraphs=(
                Paragraph(
                    rule="The agency that hears of a disagreement reads the file and speaks to the other within three working days.",
                    story="""
                        Fri 6 Mar 2026 | disagreement raised (kind: professional; stage: 1)
                        Fri 6 Mar 2026 18:00 | running
                        Wed 11 Mar 2026 23:59 | due soon
                        Thu 12 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Spoken about on the third day, agreed or not, it is in time.",
                    story="""
                        Fri 6 Mar 2026 | disagreement raised (kind: professional; stage: 1)
                        Wed 11 Mar 2026 | disagreement discussed (stage: 1; form: telephone; agreed: no)
                        Thu 12 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Resolved before anybody had to speak, nothing more is owed.",
                    story="""
                        Fri 6 Mar 2026 | disagreement raised (kind: professional; stage: 1)
                        Mon 9 Mar 2026 | disagreement closed (kind: professional; outcome: resolved)
                        Tue 10 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="A talk at the second stage does not stand in for it, and a disagreement at that stage does not start it.",
                    story="""
                        Fri 6 Mar 2026 | disagreement raised (kind: professional; stage: 1)
                        Mon 9 Mar 2026 | disagreement raised (kind: professional; stage: 2)
                        Tue 10 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Thu 12 Mar 2026 00:00 | breached
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s1-letter-2wd",
            paragraphs=(
                Paragraph(
                    rule="What came of the talk is put in writing within two working days.",
                    story="""
                        Wed 11 Mar 2026 | disagreement discussed (stage: 1; form: telephone; agreed: no)
                        Wed 11 Mar 2026 18:00 | running
                        Fri 13 Mar 2026 23:59 | due soon
                        Sat 14 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Sent on the second day, it is in time.",
                    story="""
                        Wed 11 Mar 2026 | disagreement discussed (stage: 1; form: telephone; agreed: no)
                        Fri 13 Mar 2026 16:00 | outcome letter sent (stage: 1)
                        Fri 13 Mar 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="Withdrawn, no letter is owed.",
                    story="""
                        Wed 11 Mar 2026 | disagreement discussed (stage: 1; form: telephone; agreed: no)
                        Thu 12 Mar 2026 | disagreement closed (kind: professional; outcome: withdrawn)
                        Fri 13 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s2-agree-2wd",
            paragraphs=(
                Paragraph(
                    rule="At the second stage the service managers try to agree within two working days.",
                    story="""
                        Mon 16 Mar 2026 | disagreement raised (kind: professional; stage: 2)
                        Mon 16 Mar 2026 18:00 | running
                        Wed 18 Mar 2026 23:59 | due soon
                        Thu 19 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Agreed on the second day, it is in time; a talk without agreement does not end it.",
                    story="""
                        Mon 16 Mar 2026 | disagreement raised (kind: professional; stage: 2)
                        Tue 17 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Wed 18 Mar 2026 09:00 | due soon
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: yes)
                        Thu 19 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Closed as resolved, it is met; withdrawn, it is over.",
                    story="""
                        Mon 16 Mar 2026 | disagreement raised (kind: professional; stage: 2)
                        Tue 17 Mar 2026 | disagreement closed (kind: professional; outcome: withdrawn)
                        Wed 18 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s2-meeting-5wd",
            paragraphs=(
                Paragraph(
                    rule="Where they do not agree, a meeting is held within five working days.",
                    story="""
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Wed 18 Mar 2026 18:00 | running
                        Wed 25 Mar 2026 23:59 | due soon
                        Thu 26 Mar 2026 00:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Held on the fifth day, it is in time.",
                    story="""
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Wed 25 Mar 2026 | disagreement discussed (stage: 2; form: meeting; agreed: yes)
                        Thu 26 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Where they agreed, no meeting is owed.",
                    story="""
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: yes)
                        Thu 19 Mar 2026 09:00 | nothing runs
                    """,
                ),
                Paragraph(
                    rule="A meeting that ends without agreement asks for no further one.",
                    story="""
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Wed 25 Mar 2026 | disagreement discussed (stage: 2; form: meeting; agreed: no)
                        Thu 26 Mar 2026 09:00 | met
                    """,
                ),
                Paragraph(
                    rule="Withdrawn, no meeting is owed.",
                    story="""
                        Wed 18 Mar 2026 | disagreement discussed (stage: 2; form: telephone; agreed: no)
                        Fri 20 Mar 2026 | disagreement closed (kind: professional; outcome: withdrawn)
                        Mon 23 Mar 2026 09:00 | cancelled
                    """,
                ),
            ),
        ),
        Section(
            timescale="esc-s2-letter-48h",
            paragraphs=(
                Paragraph(
                    rule="What the meeting came to is put in writing within forty-eight hours, the weekend included.",
                    story="""
                        Fri 20 Mar 2026 16:00 | disagreement discussed (stage: 2; form: meeting; agreed: yes)
                        Sat 21 Mar 2026 15:59 | running
                        Sat 21 Mar 2026 16:00 | due soon
                        Sun 22 Mar 2026 15:59 | due soon
                        Sun 22 Mar 2026 16:00 | breached
                    """,
                ),
                Paragraph(
                    rule="Sent before the hour, it is in time; the letter of the first stage is another.",
                    story="""
                        Fri 20 Mar 2026 16:00 | disagreement discussed (stage: 2; form: meeting; agreed: yes)
                        Fri 20 Mar 2026 17:00 | outcome letter sent (stage: 1)
                        Sat 21 Mar 2026 16:00 | due soon
                        Sun 22 Mar 2026 15:59 | outcome letter sent (stage: 2)
                        Sun 22 Mar 2026 17:00 | met
                    """,
                ),
                Paragraph(
                    rule="A talk on the telephone asks for no such letter.",
                    story="""
                        Fri 20 Mar 2026 16:00 | disagreement discussed (stage: 2; form: telephone; agreed: yes)
                        Fri 20 Mar 2026 17:00 | nothing runs
                    """,
                ),
            ),
        ),
    ),
)
