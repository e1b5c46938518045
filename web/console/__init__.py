"""The people's door: the board, a child's history, a clock explained, and answering for what is late.

`door.Console(parts)` holds the routes, the headers of every answer and the problem pages.
Every page is made on the server and works without scripts; the address is the state.
An address carries Daymark's own opaque id of a child, never the case system's reference.
What a person says through a form is appended to the log, and shown again from the log.
Nothing here judges: `domain` says what is late and why, `projections` which children to show.
"""
