"""What Daymark does in the world, each thing safe to do twice.

`effects` holds the activities: plan and fire for a child, plan and tell for a ladder, and the morning digest.
`mail` says a step in an e-mail and hands it to a relay; `templates` holds the words.
`messages` is what workflows and activities say to each other: opaque ids, instants, positions of the log.
`codec` seals those messages before Temporal sees them, and `engine` connects to Temporal with it.

Every rule is asked of the domain at the moment of use, against the head of the log.
An effect is recorded once, whatever is repeated, because its stage is unique in the log.
"""
