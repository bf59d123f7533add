"""The server of the page: for this machine alone, and gone when it is told to go."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("streamlit", reason="the page needs the extra app")

PATIENCE = 60.0


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_the_page_is_for_this_machine_alone_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    """Protects a company's network from a page without a password, and a terminal from a traceback.

    The settings in the folder ask for the opposite and must not be followed.
    """
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[server]\naddress = "0.0.0.0"\nenableXsrfProtection = false\n[browser]\ngatherUsageStats = true\n',
        encoding="utf-8",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "bposim", "app", "--port", str(port), "--no-browser"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.communicate()
                time.sleep(0.2)
        with socket.socket() as other, pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", port))
        server.send_signal(signal.SIGINT)
        said, complained = server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode in {0, 130}
    assert f"http://127.0.0.1:{port}" in said
    assert "Traceback" not in said + complained
