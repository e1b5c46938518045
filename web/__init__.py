"""The two doors over HTTP: intake for machines, the console for people.

`app.build(parts)` makes the application from what a process hands it (`parts.Parts`).
Nothing here reads the environment or asks the time.
A case system posts CloudEvents (`intake`) and gets a receipt for each once it is safe on disk.
Operators' tools ask `/healthz`, `/readyz` and `/metrics` (`machines`, `measures`).
What goes wrong is said as problem+json (`problems`), never with the value that was sent.
The people's pages live in `console/`, with their templates and static files beside it.
The web appends to the log and never talks to the engine of waiting: the dispatcher does the rest.
"""
