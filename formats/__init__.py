"""The sector's files and messages, in and out.

What arrives is read into the domain's events or refused with its place; nothing here decides a clock.
CloudEvents and JSON Lines are messages: each carries its own identity and its own time.
A return (the children in need census) is a statement of dates: it is compared with what stands, and
what it says otherwise becomes a correction.
Names and addresses of staff are read from the people file and never reach the log.
"""
