"""The model, in words.

A *fact* is something that happened to a child, reported by a case system.
It is never changed; a later fact may correct it.
A *timescale* is how long law, guidance or a local protocol allows from one fact to another.
A *clock* is one timescale running for one child, from the fact that started it.
A *verdict* is what can be said of a clock at a given moment.
A *stage* is what Daymark must do about a clock at an instant: warn, record a breach, cure it.
A *ladder* is who is told of a breach, one rung after another, until it ends.

Everything here is pure: frozen values and functions of them.
Nothing here reads a file, asks the time or makes an id; those come in as arguments.
"""
