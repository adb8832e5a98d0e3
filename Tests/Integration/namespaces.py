"""Whether this machine allows what the tests of networks need: a network and a mount namespace of their own, and a TUN device."""
import functools, os, subprocess, sys

RIGHTS = [] if os.geteuid() == 0 else ["--map-root-user"]
COMMAND = ["unshare", *RIGHTS, "--net", "--mount"]
# The exit status of a script that could not run for this reason.
NOT_RUN = 77


@functools.cache
def missing(needs_tun=False):
    """The reason why the tests cannot run here; None if they can."""
    folder = os.path.dirname(os.path.abspath(__file__))
    attempt = [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r}); import lossy_link; lossy_link.tun(lossy_link.CLIENT)"]
    done = subprocess.run([*COMMAND, *(attempt if needs_tun else ["true"])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return None
    return f"no {'TUN device' if needs_tun else 'network namespace'} here: {(done.stdout.strip().splitlines() or ['no message'])[-1]}"
