"""Waiting, and nothing else: when to ask the log again.

`episode` waits for the next stage of one child's clocks, `escalation` for the next rung of one ladder,
`digest` for eight o'clock on the next working day, `watch` for the next look at Daymark itself;
`asking` is how they reach an activity.

A workflow never decides that something is due, broken, acknowledged or finished: an activity asks the log.
So any of them may be stopped, and Temporal's whole database deleted, at any moment;
`daymark rebuild workflows` starts them again.
"""
