#!/usr/bin/env python3
"""Events at full speed while keys rotate, key servers and name servers fail, the process is stopped, its clock jumps and its resources shrink.

  soak.py [--seconds 60] [--loops 16[,64,…]] [--seed N] [--binary PATH] [--clock PATH] [--only plain|names|hang]

Every answer is compared with what it must be (soak_oracle.py). A run has three rounds for each number of loops: "plain" (http, without names) with the
binary of Scripts/build-clock, whose clock can be shifted (without --clock: --binary, and no shifts); "names" (https, names from a name server that
misbehaves, sessions and kept connections) with the release binary; "hang", where nothing else happens than that the key server hangs after its first
answer while 200 tokens a second have unknown keys. It needs a network namespace and a mount namespace, which unshare(1) makes; no
root rights where user namespaces are allowed.

Fails if an answer is wrong, late or missing, the process ends, memory grows, or, with at most 16 loops, a token with a cached key waits too long.
"""
import argparse, ctypes, fcntl, gc, os, random, resource, signal, socket, struct, subprocess, sys, tempfile, time, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
sys.dont_write_bytecode = True

import namespaces
from conftest import AUDIENCE, ISSUER, RESOURCE
from soak_api import API, PLANTS
from soak_keys import BEHAVIOURS, HANDSHAKES, KeyServer
from soak_names import BEHAVIOURS as NAME_BEHAVIOURS, SERVES, NameServer, dropping_listener
from soak_oracle import Clock, Oracle
from soak_tokens import KIDS, Tokens, make_keys
from tls_servers import Chain

# The longest wait of a token with a cached key that passes. Quiet machines show less than 100 ms; a wait for a fetch is at least 2,000 ms.
LONGEST_MILLISECONDS = 1000
KINDS = ["plain", "names", "hang"]
TIMES = {"ttl": 10, "stale": 15, "server_longest": 90}
SETTINGS = {"RESOURCE": RESOURCE, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "KEYS_TTL_SECONDS": "10", "KEYS_STALE_SECONDS": "15", "KEYS_MAX_TTL_SECONDS": "90",
            "KEYS_REFETCH_SECONDS": "1", "KEYS_COOLDOWN_SECONDS": "1", "KEYS_FETCH_TIMEOUT_MS": "2500", "KEYS_PREFETCH_TIMEOUT_MS": "2000",
            "LOG_ALLOWED_SAMPLE": "1000", "METRICS": "emf"}
SHIFTS = [2, -2, 30, -30, 120, -120, 600, -600, 1000, 2400, -3600, 86_400, -43_200]
STACK_KIB, REST_KIB = 320, 24 * 1024


class Chaos:
    """Draws what happens next, and does it."""

    def __init__(self, chance, api, oracle, keys, names, clock_file):
        self.chance, self.api, self.oracle, self.keys, self.names, self.clock_file = chance, api, oracle, keys, names, clock_file
        self.next, self.duty_until, self.resume_at, self.limit_until = 0.0, 0.0, None, 0.0
        self.counts, self.is_stopped, self.cut_until = {}, False, 0.0
        self.actions = [(self.rotate, 6), (self.behave, 12), (self.recover, 4), (self.hang, 1), (self.freeze, 2), (self.throttle, 1), (self.starve, 1), (self.cut, 2)]
        if clock_file:
            self.actions.append((self.shift, 3))
        if names:
            self.actions.append((self.misname, 8))
        self.rotate()

    def tick(self):
        now = time.time()
        if self.resume_at and now >= self.resume_at:
            self.resume_at = None
            self.go_on()
        if now < self.duty_until:
            # A fifth of a CPU: 80 ms stopped, 20 ms running.
            self.oracle.disturbed_until = now + 1
            (self.stop if not self.is_stopped else self.go_on)()
            return
        if self.is_stopped and not self.resume_at:
            self.go_on()
        if self.limit_until and now >= self.limit_until:
            self.limit_until = 0.0
            resource.prlimit(self.api.process.pid, resource.RLIMIT_NOFILE, self.descriptors)
        if now >= self.next and not self.resume_at:
            action, = self.chance.choices([one for one, _ in self.actions], [weight for _, weight in self.actions])
            self.counts[action.__name__] = self.counts.get(action.__name__, 0) + 1
            self.next = now + self.chance.uniform(0.2, 2.0)
            action()

    def stop(self):
        os.kill(self.api.process.pid, signal.SIGSTOP)
        self.is_stopped = True

    def go_on(self):
        os.kill(self.api.process.pid, signal.SIGCONT)
        self.is_stopped = False
        self.oracle.disturbed_until = time.time() + 1

    def rotate(self):
        """Other keys; now and then somebody else's behind the same ID."""
        kids = self.chance.sample(KIDS, self.chance.randint(1, 4))
        self.keys.names = {kid: "imposter-" + kid if self.chance.random() < 0.15 else kid for kid in kids}

    def behave(self):
        self.keys.mode = "any"

    def recover(self):
        self.keys.mode = self.chance.choice(["good_plain", "good_tagged", "good_kept"])
        if self.names:
            self.names.mode = "plain"

    def hang(self):
        self.keys.mode = self.chance.choice(["bad_hang", "bad_hang_in_head", "bad_hang_in_body", "bad_drip", "bad_500"])
        self.next += 3

    def misname(self):
        self.names.mode = "any"
        if self.chance.random() < 0.5:
            # Connections are not kept, so that names are looked up.
            self.keys.mode = "good_plain"

    def freeze(self):
        self.stop()
        self.resume_at = time.time() + self.chance.choice([0.05, 0.3, 1, 3])
        self.oracle.disturbed_until = self.resume_at + 1

    def throttle(self):
        self.duty_until = time.time() + 2

    def starve(self):
        """No descriptor more than are open. The test's clock needs one to read its offset; without it the offset is 0. A loop whose connection is
        cut needs one, too, or it ends."""
        if self.oracle.clock.offset or time.time() < self.cut_until:
            return
        pid = self.api.process.pid
        self.descriptors = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        count = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (count, self.descriptors[1]))
        self.api.cut_connections = 0
        self.limit_until = time.time() + 2

    def cut(self):
        if not self.limit_until:
            self.api.cut_connections, self.cut_until = max(1, self.api.loops // 8), time.time() + 5

    def shift(self):
        if self.limit_until:
            return
        offset = 0 if self.chance.random() < 0.4 else self.chance.choice(SHIFTS)
        # Before and after, so that the oracle counts both while the file is replaced.
        self.oracle.clock.shift(offset)
        with open(self.clock_file + ".new", "w") as f:
            f.write(str(offset))
        os.rename(self.clock_file + ".new", self.clock_file)


def round_of(kind, options, loops, seconds, seed, folder, private, public, names_server):
    """One process of the program. Its row of the table."""
    seed = zlib.crc32(f"{seed} {kind} {loops}".encode())
    chance, clock = random.Random(seed), Clock()
    times, settings, names, held, clock_file = dict(TIMES), dict(SETTINGS), None, [], None
    if kind == "hang":
        times["ttl"], settings["KEYS_TTL_SECONDS"] = 600, "600"
    oracle = Oracle(times, clock, may_be_late=loops > 1)
    binary = options.binary
    if kind == "names":
        chain, other = Chain(folder, "p256", ("keys.test",)), Chain(os.path.join(folder, "other"), "p256", ("other.test",))
        server = KeyServer(public, seed, SERVES, chain, other)
        names, held = names_server, dropping_listener(server.port)
        names.mode = "plain"
        settings |= {"JWKS_URI": f"https://keys.test:{server.port}/keys", "CA_BUNDLE": chain.root}
    else:
        server = KeyServer(public, seed)
        settings["JWKS_URI"] = f"http://127.0.0.1:{server.port}/keys"
        if options.clock and kind == "plain":
            binary, clock_file = options.clock, os.path.join(folder, "clock")
            with open(clock_file, "w") as f:
                f.write("0")
            settings["CLOCK_OFFSET_FILE"] = clock_file
    server.oracle = oracle

    def limit():
        size = (REST_KIB + STACK_KIB * loops) * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    server.names = {"a": "a", "b": "b"}
    api = API(binary, settings, oracle, Tokens(private), seed, loops, limit)
    api.plant = PLANTS.get(options.plant)
    chaos = Chaos(chance, api, oracle, server, names, clock_file)
    if kind == "hang":
        chaos.next = float("inf")
    memory = []

    def tick():
        chaos.tick()
        if kind == "hang" and oracle.fetched:
            server.mode = "bad_hang"
        oracle.check_unexplained()
        if len(memory) < int((time.monotonic() - start) / seconds * 10):
            memory.append(api.memory_kib())

    gc.collect()
    gc.freeze()
    gc.disable()
    start = time.monotonic()
    try:
        if not api.run(start + seconds, tick):
            oracle.complain(f"the process ended: {api.process.wait()}, {api.last_line[:300]}")
        else:
            chaos.next = chaos.duty_until = float("inf")
            chaos.duty_until = 0.0
            chaos.resume_at = None
            chaos.go_on()
            memory.append(api.memory_kib())
            api.drain(12)
        if api.process.poll() is not None and not oracle.wrong:
            oracle.complain(f"the process ended: {api.process.returncode}, {api.last_line[:300]}")
    finally:
        gc.enable()
        api.stop()
        server.stop()
        for one in held:
            one.close()
    return {"kind": kind, "loops": loops, "api": api, "oracle": oracle, "memory": memory or [0], "server": server, "names": names, "chaos": chaos, "seconds": seconds}


def faults_of(row):
    books, oracle, memory = row["api"].books, row["oracle"], row["memory"]
    faults = list(oracle.wrong)
    if books.events < row["seconds"]:
        faults.append(f"only {books.events} events")
    # The first half warms up: the buffers of each loop, and the tokens that each of them remembers.
    # In a short round a loop may do so late, so 4 MiB are allowed: a leak of 30 bytes an event shows all the same.
    early, late = max(memory[:max(1, len(memory) // 2)]), memory[-1]
    allowed = 1024 + 16 * row["loops"] if row["seconds"] >= 60 else 4096 + 64 * row["loops"]
    if row["seconds"] >= 20 and late > early + allowed:
        faults.append(f"memory grows: {memory} KiB")
    if row["loops"] <= 16 and books.longest_at_hand * 1000 > LONGEST_MILLISECONDS:
        faults.append(f"a token with a cached key waited {books.longest_at_hand * 1000:.0f} ms: {books.slowest}")
    return faults


def table(rows):
    heads = ["round", "loops", "seconds", "events", "wrong", "lost", "fetches", "memory first", "last (KiB)", "longest wait, key cached", "without (ms)"]
    cells = [heads]
    for row in rows:
        books, oracle = row["api"].books, row["oracle"]
        cells.append([row["kind"], row["loops"], row["seconds"], books.events, len(oracle.wrong), books.lost, f"{oracle.fetched} + {oracle.failed}",
                      row["memory"][0], row["memory"][-1], f"{books.longest_at_hand * 1000:.0f}", f"{books.longest * 1000:.0f}"])
    widths = [max(len(str(line[column])) for line in cells) for column in range(len(heads))]
    return "\n".join("  ".join(str(cell).rjust(width) for cell, width in zip(line, widths)) for line in cells)


def inside():
    """In namespaces of its own: loopback is up, and the name server is ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING
    path = os.path.join(tempfile.mkdtemp(), "resolv.conf")
    with open(path, "w") as f:
        f.write("nameserver 127.0.0.53\n")
    libc = ctypes.CDLL(None, use_errno=True)
    target = os.path.realpath("/etc/resolv.conf")
    if libc.mount(path.encode(), target.encode(), None, 4096, None):  # MS_BIND
        raise OSError(ctypes.get_errno(), "mount " + target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each number of loops")
    parser.add_argument("--loops", default="16")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build-x86_64", "bootstrap"))
    parser.add_argument("--clock", default=None)
    parser.add_argument("--only", choices=KINDS, default=None)
    parser.add_argument("--plant", choices=sorted(PLANTS), help="a fault that must be found")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        if reason := namespaces.missing():
            print(f"soak: not run: {reason}")
            return namespaces.NOT_RUN
        return subprocess.call([*namespaces.COMMAND, sys.executable, os.path.abspath(__file__), *sys.argv[1:], "--inside"])
    inside()
    for limit in (resource.RLIMIT_NOFILE,):
        most = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (most, most))
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    print(f"soak: seed {seed}, {options.seconds} s for each of {options.loops} loops; binary {os.path.relpath(options.binary, ROOT)}, "
          f"clock {'shifted' if options.clock else 'as it is'}", flush=True)
    kinds = [options.only] if options.only else KINDS
    private, public = make_keys()
    names = NameServer(seed)
    rows, faults = [], []
    for loops in map(int, options.loops.split(",")):
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(round_of(kind, options, loops, options.seconds // len(kinds), seed, folder, private, public, names))
            for fault in (found := faults_of(rows[-1]))[:10]:
                print(f"FAULT ({kind}, {loops} loops): {fault}", flush=True)
            faults += found
            for line in rows[-1]["api"].notable[:5] if found else []:
                print(f"log: {line[:400]}", flush=True)
    print(table(rows))
    for row in rows:
        answers = ", ".join(f"{kind} {count}" for kind, count in sorted(row["api"].books.kinds.items()))
        happened = ", ".join(f"{name} {count}" for name, count in sorted(row["chaos"].counts.items()))
        print(f"{row['kind']}, {row['loops']} loops: {answers}; {happened}; slowest: {'; '.join(row['api'].books.slowest[:2])}")
    seen = set().union(*(row["server"].seen for row in rows))
    print(f"behaviours of the key server: {len(seen)} of {len(BEHAVIOURS) + len(HANDSHAKES)}; of the name server: "
          f"{len(set().union(*(row['names'].seen for row in rows if row['names'])))} of {len(NAME_BEHAVIOURS)}; fetches are shown as succeeded + failed")
    print("soak: " + (f"{len(faults)} faults" if faults else "no fault"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
