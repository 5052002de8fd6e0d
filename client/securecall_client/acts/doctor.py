"""What is in order and what needs mending, without a passphrase, and safe to paste into a mail.

Nothing here names a server, a person, a space or a file that somebody put up.
"""

from importlib.metadata import version

from securecall_client.acts.doctor_line import check_line
from securecall_client.acts.doctor_local import check_local
from securecall_client.database import peek
from securecall_client.errors import ProfileError
from securecall_client.profile import Profile
from securecall_client.progress import Say
from securecall_client.results.doctor import Check, Diagnosis
from securecall_client.settings import Settings


async def examine(settings: Settings, say: Say, server: str) -> Diagnosis:
    """Look at this computer, then at the way to ``server``, or to the profile's where that is empty."""
    checks = check_local(settings.home)
    try:
        kept = _kept(Profile(settings.home))
    except ProfileError as error:
        checks.append(Check(check="database", state="problem", message=str(error), hint=error.hint))
        kept = {}
    proxy = kept.get("proxy", b"").decode(errors="replace") if settings.proxy is None else settings.proxy
    address = server or kept.get("address", b"").decode(errors="replace")
    key = None if server else kept.get("server")
    checks += await check_line(address, proxy, key, say, offline=settings.offline)
    return Diagnosis(version=version("securecall"), ok=all(check.state != "problem" for check in checks), checks=checks)


def _kept(profile: Profile) -> dict[str, bytes]:
    """What the profile knows of its server; nothing where there is none. Raises: ProfileError."""
    try:
        if not profile.exists() or not profile.replica.exists():
            return {}
    except OSError:
        return {}
    found = {key: peek(profile.replica, key) for key in ("address", "server", "proxy")}
    return {key: value for key, value in found.items() if value is not None}
