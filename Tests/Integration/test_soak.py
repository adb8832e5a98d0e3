"""The run under load and faults (operations/soak.py), for some seconds; and that it finds planted faults. `.ci/run` has a minute of it, `make nightly` twenty."""
import os, re, subprocess, sys

import pytest

import namespaces
from conftest import BINARY, RUNNER

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations", "soak.py")
pytestmark = [pytest.mark.skipif(bool(RUNNER), reason="stops, limits and memory would be the emulator's"),
              pytest.mark.skipif(namespaces.missing() is not None, reason=str(namespaces.missing()))]


def soak(*options):
    done = subprocess.run([sys.executable, SCRIPT, "--binary", BINARY, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    print("\n" + done.stdout.decode())
    return done.returncode, done.stdout.decode()


def test_no_answer_is_wrong_or_lost():
    status, text = soak("--seconds", "20", "--loops", "16", "--seed", "20261201")
    assert status == 0, text
    assert text.endswith("soak: no fault\n")


@pytest.mark.parametrize("fault, found", [("denied", "Unauthorized instead of"), ("allowed", "('allow', "), ("unavailable", "instead of"), ("lost", "no answer: ")])
def test_planted_faults_are_found(fault, found):
    status, text = soak("--seconds", "5", "--loops", "4", "--only", "plain", "--plant", fault)
    assert status == 1 and found in text, text
    assert int(re.search(r"soak: ([0-9]+) faults", text)[1]) > 0
