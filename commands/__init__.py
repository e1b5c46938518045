"""What the words of the `daymark` command do, one module for each thing a user wants.

`cli.py` understands the words and imports a module only when its word is typed, so that help comes at once.
`answers` asks the log, `two_moments` asks it twice and compares, `changes` records, `adopting` settles and
adopts timescales, `comparing` judges again, `upkeep` and `checks` care for the installation, `at_work` sees
who works on it, `asking` opens it for a question, and `printing` is how all of them speak.
They are processes by the import rule: no room may import them.
"""
