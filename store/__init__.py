"""The log: the only truth of Daymark, and the only room that knows the eventsourcing library.

`log` is the front door: append events, read one child's history, follow the whole.
`application` is the library's part of it.
An append is answered with receipts, and a receipt is given only after the commit it speaks of.
The same event sent again, by anybody, at any time, is answered `duplicate` and changes nothing.

`mapper` turns events into bytes and back: a closed registry of topics, old versions raised on the raw
state, everything validated on reading. `sealing` keeps what is guarded out of those bytes: it is sealed
under a key for each stream, which `vault` keeps in a database of its own. Without its key a guarded
field reads as nothing, "not known", and the event still stands.

`sqlite_log` and `postgres_log` are the library's recorders with lasting positions, `recorded_at` stamped
under the lock that puts appends in order, and the table that lets each identity be recorded once.
`recorder` says what any such recorder must do. An append whose answer was cut off finds out by its attempt.

`following` delivers every event after a position once, in order. `views` keeps what is computed from the
log together with the position it was computed to. `group_commit` lets many senders share one commit.
`tokens` says which source may speak; `keys` are the files everything rests on; `migrations` is the only
place where a table is made; `grants` says what a service's role may do in PostgreSQL; `moving` copies an
installation there from files. `database` is the small database that views, tokens and vault use: a file
(`sqlite_database`) or a schema of PostgreSQL (`postgres_database`).

No personal data is written here but in sealed form; the case system's own reference of a child stands in
the state of each event, and nowhere else.
"""
