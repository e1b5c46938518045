"""What it means that somebody who issues tokens cannot be believed, or not even asked."""

from domain.errors import Unavailable


class NotBelieved(Exception):
    """What came in an issuer's name cannot be believed; what is wrong with it is for the log only."""


class ProviderAway(Unavailable):
    """Who issues tokens cannot be asked; the message is the operator's, for people read only the page."""
