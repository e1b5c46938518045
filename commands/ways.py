"""The ways by which the worker tells people, as the settings open them."""

from time import monotonic

from activities.relay import Relay, Way
from activities.sign_in import Token
from domain.errors import Unavailable
from settings import Settings


def relay(settings: Settings) -> Relay:
    """The mail relay as the settings describe it, with how we sign in there."""
    host, port = settings.relay_address
    password, secret = settings.smtp_password, settings.smtp_oauth_secret
    token = None
    if settings.smtp_oauth_url and settings.smtp_oauth_client and secret:
        token = Token(
            url=settings.smtp_oauth_url,
            client=settings.smtp_oauth_client,
            secret=secret.get_secret_value(),
            scope=settings.smtp_oauth_scope,
            clock=monotonic,
        )
    said = password.get_secret_value() if password else None
    return Relay(host, port, settings.smtp_user, said, token=token)


def ways(settings: Settings) -> dict[str, Way]:
    """What else than e-mail the settings open."""
    found: dict[str, Way] = {}
    hosts = tuple(host.strip() for host in settings.teams_hosts.split(",") if host.strip())
    if hosts:
        from activities.teams import Teams  # noqa: PLC0415 -- only where it is set

        found["teams"] = Teams(hosts)
    if settings.notify_key and settings.notify_template:
        try:
            from activities.notify import Notify  # noqa: PLC0415
        except ImportError:
            message = "GOV.UK Notify is set and not installed: pip install daymark[notify]"
            raise Unavailable(message) from None
        key = settings.notify_key.get_secret_value()
        found["notify"] = Notify(key, settings.notify_template, settings.notify_url)
    return found
