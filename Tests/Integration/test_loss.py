"""A network that loses packets, and name servers that misbehave: a cold start has its keys before its first event all the same (AUDIT 19, 32)."""
import json, os, subprocess, sys

import pytest

import namespaces
from conftest import RUNNER

pytestmark = pytest.mark.skipif(namespaces.missing(needs_tun=True) is not None, reason=str(namespaces.missing(needs_tun=True)))

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lossy_link.py")
# Under an emulator of another CPU a handshake takes a good part of a second of it.
STARTS, APART = (24, 0.5) if RUNNER else (120, 0.02)


def cold_starts(loss, starts=STARTS, names="plain", **settings):
    done = subprocess.run([sys.executable, SCRIPT, "--loss", str(loss), "--starts", str(starts), "--apart", str(APART), "--names", names,
                           *(f"{name}={value}" for name, value in settings.items())], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    figures = json.loads(done.stdout)
    print(f"\n{figures}")
    assert figures["answered"] == starts
    return figures


@pytest.mark.parametrize("loss, most", [(0.01, 0), (0.05, 1)])
def test_cold_starts_while_packets_are_lost(loss, most):
    figures = cold_starts(loss)
    # A start is some 20 packets.
    assert figures["dropped"] > 0.3 * loss * figures["carried"] > 0
    assert figures["errors"] <= most


def test_the_link_does_lose_packets():
    """With limits as they were, and no time to try again, cold starts fail."""
    figures = cold_starts(0.05, KEYS_CONNECT_TIMEOUT_MS="1000", KEYS_RESOLVE_TIMEOUT_MS="1000", KEYS_PREFETCH_TIMEOUT_MS="1000")
    assert figures["errors"] >= 1


@pytest.mark.parametrize("names, longest", [("plain", 1.5), ("aaaa_silent", 1.5), ("aaaa_truncated", 1.5), ("truncated", 1.5), ("no_aaaa_name", 1.5), ("dead_first", 2.5), ("very_late", 4.5)])
def test_names(names, longest):
    """No answer for AAAA, one that is cut short while TCP is silent, "no such name" for it, four dead addresses before the one that serves, and answers after a second: the
    start uses what it has, and does not wait until its time is over. Names and connections have their own limits: 2 seconds each."""
    figures = cold_starts(0, 3, names, KEYS_RESOLVE_TIMEOUT_MS="4000", KEYS_FETCH_TIMEOUT_MS="6000", KEYS_PREFETCH_TIMEOUT_MS="8000")
    assert figures["errors"] == 0 and figures["failedTries"] == {}
    assert figures["longestStart"] < longest + (5 if RUNNER else 0)


def test_names_that_no_address_has():
    figures = cold_starts(0, 1, "no_name", KEYS_PREFETCH_TIMEOUT_MS="500")
    assert figures["errors"] == 1 and set(figures["failedTries"]) == {"name name_not_found"}
