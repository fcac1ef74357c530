"""Config -> the channels alarms are told by."""

from collections.abc import Callable

from scraper.notify import Channel
from scraper.settings import Config


def channels_of(config: Config) -> list[Channel]:
    """Return the channels ``alarms.to`` names, but for the ping.

    Raises:
        ConfigError: an address cannot be one.
    """
    makers: dict[str, Callable[[Config], Channel]] = {
        "log": _log,
        "webhook": _webhook,
        "mail": _mail,
        "github": _issues,
    }
    names = dict.fromkeys(config.alarms.to)
    return [makers[name](config) for name in names if name in makers]


def ping_of(config: Config) -> Callable[[], None] | None:
    """Return the dead man's switch, if ``alarms.to`` names it; raises as above."""
    if "ping" not in config.alarms.to:
        return None
    from scraper.notify.webhook import Ping

    return Ping(_secret(config, "ping.url_env"))


def _log(config: Config) -> Channel:
    from scraper.notify.log import Log

    del config
    return Log()


def _webhook(config: Config) -> Channel:
    from scraper.notify.webhook import Webhook

    url = _secret(config, "webhook.url_env")
    return Webhook(config.alarms.webhook.kind, url)


def _mail(config: Config) -> Channel:
    from scraper.notify.mail import Mail, MailServer

    mail = config.alarms.mail
    password = _secret(config, "mail.password_env") if mail.user else ""
    server = MailServer(mail.host, mail.port, mail.security, mail.user, password)
    return Mail(server, mail.sender, mail.recipients)


def _issues(config: Config) -> Channel:
    from scraper.notify.github import Issues

    github = config.alarms.github
    token = _secret(config, "github.token_env")
    return Issues(github.repository, token, api_url=github.api_url)


def _secret(config: Config, key: str) -> str:
    return config.alarm_secrets[f"alarms.{key}"].get_secret_value()
