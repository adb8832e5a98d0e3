"""A name server with many behaviours, on UDP and TCP. The program finds it through /etc/resolv.conf of a mount namespace of its own."""
import random, socket, struct, threading, time

A, AAAA = 1, 28
# Addresses on loopback where nobody listens, and one whose queue is full: a SYN to it is dropped.
REFUSES, DEAD, SERVES = "127.0.0.9", ["127.0.0.8"], "127.0.0.2"
BEHAVIOURS = ["plain", "late", "very_late", "lost", "first_lost", "all_lost", "other_id", "other_question", "no_name", "no_aaaa_name", "failure", "refused_first",
              "dead_first", "all_dead", "aaaa_silent", "aaaa_truncated", "truncated", "truncated_silent", "garbage", "alias", "twice", "only_aaaa", "nothing"]


def record(kind, address):
    data = socket.inet_pton(socket.AF_INET if kind == A else socket.AF_INET6, address)
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 1, len(data)) + data


def message(query, end, kind, addresses=(), code=0, truncated=False, alias=False):
    """An answer to a query whose question ends at `end`."""
    records = [record(kind, address) for address in addresses]
    if alias:
        target = b"\5other\4test\0"
        records = [b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 1, len(target)) + target] + [target + one[2:] for one in records]
    flags = 0x8180 | code | (0x0200 if truncated else 0)
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + query[12:end] + b"".join(records)


class NameServer:
    def __init__(self, seed, address="127.0.0.53"):
        self.chance, self.mode, self.queries, self.seen = random.Random(seed), "plain", 0, set()
        self.silent_over_tcp = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.listener = socket.create_server((address, 53))
        self.lost, self.modes, self.order = {}, {}, []
        threading.Thread(target=self.run, daemon=True).start()
        threading.Thread(target=self.accept, daemon=True).start()

    def run(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.queries += 1
            # Both questions of a resolution come from one port: they get one behaviour. Each has its turn, in an order that is drawn.
            mode = self.mode
            if mode == "any":
                if not self.order:
                    self.order = self.chance.sample(BEHAVIOURS, len(BEHAVIOURS))
                if peer not in self.modes:
                    self.modes[peer] = self.order.pop()
                mode = self.modes[peer]
            self.seen.add(mode)
            threading.Thread(target=self.answer, args=(query, peer, mode), daemon=True).start()

    def answer(self, query, peer, mode):
        end = query.index(b"\0", 12) + 5
        kind, = struct.unpack(">H", query[end - 4:end - 2])
        for step in self.steps(mode, query, end, kind, peer):
            if isinstance(step, float):
                time.sleep(step)
            else:
                self.socket.sendto(step, peer)

    def steps(self, mode, query, end, kind, peer):
        """What is sent, and how long is waited before."""
        addresses = [SERVES] if kind == A else []
        plain = message(query, end, kind, addresses)
        if mode in ("late", "very_late"):
            yield self.chance.uniform(*((0.1, 0.6) if mode == "late" else (1.0, 2.5)))
            yield plain
        elif mode == "lost":
            if self.chance.random() < 0.5:
                yield plain
        elif mode == "first_lost":
            if self.lost.setdefault((peer, kind), 0):
                yield plain
            self.lost[(peer, kind)] += 1
        elif mode == "all_lost" or (mode == "aaaa_silent" and kind == AAAA):
            return
        elif mode == "other_id":
            yield bytes([query[0] ^ 1]) + message(query, end, kind, [REFUSES] if kind == A else [])[1:]
            yield plain
        elif mode == "other_question":
            yield message(query, end, kind, [REFUSES] if kind == A else []).replace(b"keys", b"kezs")
            yield plain
        elif mode == "no_name" or (mode == "no_aaaa_name" and kind == AAAA):
            yield message(query, end, kind, code=3)
        elif mode == "failure":
            yield message(query, end, kind, code=2)
        elif mode == "refused_first":
            yield message(query, end, kind, [REFUSES, SERVES] if kind == A else ["::1"])
        elif mode == "dead_first":
            yield message(query, end, kind, [*DEAD, SERVES] if kind == A else [])
        elif mode == "all_dead":
            yield message(query, end, kind, DEAD if kind == A else [])
        elif (mode == "aaaa_truncated" and kind == AAAA) or mode in ("truncated", "truncated_silent"):
            self.silent_over_tcp = mode != "truncated"
            yield message(query, end, kind, truncated=True)
        elif mode == "garbage":
            yield bytes(self.chance.randrange(256) for _ in range(60))
            yield query[:2] + b"\x81\x80" + bytes(10)
            yield plain
        elif mode == "alias":
            yield message(query, end, kind, addresses, alias=bool(addresses))
        elif mode == "twice":
            yield plain
            yield message(query, end, kind, [REFUSES] if kind == A else [])
        elif mode == "only_aaaa":
            yield message(query, end, kind, [] if kind == A else ["::1"])
        elif mode == "nothing":
            yield message(query, end, kind)
        else:
            yield plain

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.over_tcp, args=(connection,), daemon=True).start()

    def over_tcp(self, connection):
        connection.settimeout(5)
        try:
            with connection:
                data = connection.recv(4096)
                query = data[2:]
                if self.silent_over_tcp or len(query) < 17:
                    connection.recv(1)
                    return
                end = query.index(b"\0", 12) + 5
                kind, = struct.unpack(">H", query[end - 4:end - 2])
                answer = message(query, end, kind, [SERVES] if kind == A else [])
                connection.sendall(struct.pack(">H", len(answer)) + answer)
        except OSError:
            pass


def dropping_listener(port):
    """A listener whose queue is full, on the address that drops; with what fills it."""
    listener = socket.socket()
    listener.bind((DEAD[0], port))
    listener.listen(0)
    fillers = []
    for _ in range(2):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex((DEAD[0], port))
        fillers.append(filler)
    return [listener, *fillers]
