"""What can happen to a child, in the past tense: one module a thread.

Each docstring is the definition, and says what the fact is not; docs/facts.md is made of them.
NAME is what is stored and sent: a class may be renamed, a NAME never.
`fact.py` holds what all share; `vocabulary.py` knows them all by name.
"""
