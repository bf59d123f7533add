"""The server of the page: on this machine alone, asking nothing of any other.

Every setting is given here, since a file of settings in the user's home could otherwise open the page to
the network or send statistics.
"""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

from bposim.errors import ExtraMissingError, RunError
from bposim.yaml_tree import MAX_BYTES

ADDRESS = "127.0.0.1"
FIRST_PORT, TRIED = 8501, 50

SETTINGS = {
    "server.address": ADDRESS,
    "server.allowedHosts": [ADDRESS, "localhost"],
    "server.corsAllowedOrigins": [],
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.headless": True,
    "server.showEmailPrompt": False,
    "server.maxUploadSize": -(-MAX_BYTES // 1_000_000),
    "server.baseUrlPath": "",
    "browser.gatherUsageStats": False,
    "browser.serverAddress": ADDRESS,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.level": "error",
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    "theme.light.primaryColor": "#00558a",  # as in the report
    "theme.dark.primaryColor": "#3d9fd8",
}
"""Streamlit's settings; those that its release does not know are left out."""


def check_extra() -> None:
    """Raise ExtraMissingError where the extra ``app`` is not installed."""
    if importlib.util.find_spec("streamlit") is None:
        raise ExtraMissingError('the page needs streamlit; pip install "bposim[app]"')


def free_port(wanted: int | None = None) -> int:
    """Return the port that is wanted, or the first free one; raise RunError where it is taken."""
    ports = range(FIRST_PORT, FIRST_PORT + TRIED) if wanted is None else [wanted]
    for port in ports:
        if _is_free(port):
            return port
    if wanted is None:
        raise RunError(f"the ports {ports[0]} to {ports[-1]} are all in use; name a free one with --port")
    raise RunError(
        f"port {wanted} is in use, perhaps by another bposim app; leave --port out, and a free one is taken"
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # What has just closed is free again at once, as the server will have it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def serve(port: int, file: str | Path | None = None) -> None:
    """Serve the page until the process is interrupted or told to end."""
    from streamlit import config  # noqa: PLC0415 - an extra
    from streamlit.web import bootstrap  # noqa: PLC0415 - as above

    # Not through get_config_options(): settings that are read twice are worth a warning to streamlit.
    known = config._config_options_template  # noqa: SLF001 - has no public name
    wanted = {**SETTINGS, "server.port": port, "browser.serverPort": port}
    settings = {name.replace(".", "_"): value for name, value in wanted.items() if name in known}
    bootstrap.load_config_options(settings)
    script = Path(__file__).with_name("script.py")
    bootstrap.run(str(script), False, [str(file)] if file else [], settings)  # noqa: FBT003 - streamlit's
