"""Questions asked of the log; every answer can be thrown away and worked out again.

The *board* keeps a few rows per child: its clocks, what is still to be done, who has been told.
Whenever anything is recorded about a child, all its rows are worked out again from the whole
history in one pass, so that a row can never remember something the facts no longer say.
Rows and the position they were read up to change in one transaction: every event counts once.

No row says "late": it holds the instants between which a status is true,
and the status is read off when somebody asks, with the moment of asking.

*History* replays one child from the log itself, as of a day and as known at a day.
*Trust* says whether the board can be relied on, and if not, why, since when and what to do.
"""
