"""Which answers to an event are right, from what the key server has served, the clock, and the log lines of fetches.

The oracle knows the cached set only within limits: a set may be in use from the moment when its first byte is sent, and is in use
for certain once "keys fetched" is read in the log. An answer is right if it follows from one of the states that were possible between the
moment when the event was handed out and the moment when its answer was read. The same holds for the clock.
"""
import collections, datetime, json, select, time

from conftest import RESOURCE, UNAUTHORIZED, allow

ALLOW, DENY, UNAVAILABLE, LATE = "allow", "Unauthorized", "KeysUnavailable", "DeadlinePassed"
SKEW_SECONDS = 60
# A fetch that explains "keys unavailable" is seen at the latest after this time.
EVIDENCE_SECONDS = 15


class Delivery:
    """A key set on its way to the program, or in its cache."""

    def __init__(self, keys, fresh, start, form):
        self.keys, self.fresh, self.form = keys, fresh, form
        # The program's clock when the first byte was sent, and when the log reported the set: between them it was cached.
        self.sent, self.logged = start, None

    def cached(self, now):
        logged = now if self.logged is None else self.logged
        return min(self.sent, logged), max(self.sent, logged)


class Clock:
    """The program's wall clock: this machine's plus an offset, whose changes are kept."""

    def __init__(self):
        self.changes = [(0.0, 0.0)]

    @property
    def offset(self):
        return self.changes[-1][1]

    def now(self):
        return time.time() + self.offset

    def shift(self, offset):
        self.changes.append((time.time(), offset))

    def range(self, start, end, first):
        """The least and the greatest time that the program can have read from `start` to `end`; `first`: the place of the offset at the start."""
        if first == len(self.changes) - 1:
            return start + self.offset, end + self.offset
        offsets = [offset for _, offset in self.changes[first:]]
        return start + min(offsets), end + max(offsets)


class Oracle:
    def __init__(self, settings, clock, may_be_late):
        self.ttl, self.stale, self.server_longest = settings["ttl"], settings["stale"], settings["server_longest"]
        self.clock, self.may_be_late = clock, may_be_late
        self.base, self.base_failed, self.on_the_way = (None,), False, []
        self.live = {}  # a request to the key server that has no answer yet: its time and its socket
        self.requests, self.last_request = 0, 0.0
        # (possible deliveries, may the last fetch have failed, may it have succeeded)
        self.states = [(self.base, False, True)]
        self.unexplained, self.wrong, self.labels = collections.deque(), [], {}
        self.disturbed_until = 0.0
        self.fetched = self.failed = 0

    # What the key server reports, from its threads.

    def requested(self, key, connection):
        self.requests += 1
        self.last_request = time.time()
        self.live[key] = (self.last_request, connection)
        self.change(may_have_failed=True)

    def ended(self, key):
        self.live.pop(key, None)

    def delivers(self, keys, max_age, form):
        fresh = self.ttl if max_age is None else max(60, min(max_age, self.server_longest))
        self.on_the_way.append(Delivery(keys, fresh, self.clock.now(), form))
        self.change()

    def confirms(self, max_age):
        """Status 304: the set that the program has is renewed."""
        for known in self.base:
            if known is not None:
                fresh = known.fresh if max_age is None else max(60, min(max_age, self.server_longest))
                self.on_the_way.append(Delivery(known.keys, fresh, self.clock.now(), "304"))
        self.change()

    def change(self, may_have_failed=False):
        self.states.append((self.base + tuple(self.on_the_way), self.base_failed or may_have_failed or self.states[-1][1],
                            not self.base_failed or bool(self.on_the_way)))

    # What the log reports.

    def read(self, line):
        now = time.time()
        # What was sent after the line was written belongs to the next fetch.
        written = datetime.datetime.fromisoformat(line["timestamp"].replace("Z", "+00:00")).timestamp() + 0.002
        later = [one for one in self.on_the_way if one.sent > written] if now - self.clock.changes[-1][0] > 5 else []
        self.on_the_way = [one for one in self.on_the_way if one not in later]
        if line["message"] == "keys fetched":
            self.fetched += 1
            came = [one for one in self.on_the_way if len(one.keys) == line["keys"]]
            if not came:
                self.complain(f"keys were fetched that were not served: {line}")
                return
            for one in came:
                one.logged = self.clock.now()
            self.base, self.base_failed = tuple(came), False
        else:
            self.failed += 1
            for one in self.on_the_way:
                # The file of trust anchors is always there: it cannot be opened only while no descriptor is free.
                if one.form.startswith("good") and not self.is_disturbed(now - 3) and "timeout" not in line["reason"] and line["reason"] != "file_open_failed" \
                        and not line["reason"].startswith("name_"):
                    self.complain(f"a good set was refused ({one.form}): {line}")
            self.base_failed = True
        self.on_the_way = later
        self.states.append((self.base + tuple(later), self.base_failed or bool(self.live), not self.base_failed or bool(later)))
        while self.unexplained and self.unexplained[0][0] > now - EVIDENCE_SECONDS:
            self.unexplained.popleft()
        self.check_unexplained()

    def check_unexplained(self):
        while self.unexplained and self.unexplained[0][0] < time.time() - EVIDENCE_SECONDS:
            when, text = self.unexplained.popleft()
            if not self.is_disturbed(when):
                self.complain("keys unavailable without a fetch: " + text)

    def is_disturbed(self, since):
        return since < self.disturbed_until

    def complain(self, text):
        self.wrong.append(f"{time.strftime('%H:%M:%S')} {text}")

    # Judging.

    def label(self, kind, body):
        known = self.labels.get(body)
        if known is None:
            try:
                answer = json.loads(body)
            except ValueError:
                answer = {}
            if kind == "error":
                known = answer.get("errorType", "?")
                if known == DENY and answer != UNAUTHORIZED:
                    known = "?"
            elif answer == allow(answer.get("principalId"), resource=RESOURCE):
                known = (ALLOW, answer["principalId"])
            else:
                known = "?"
            if len(self.labels) < 100_000:
                self.labels[body] = known
        return known

    def handed_out(self):
        return len(self.states) - 1, len(self.clock.changes) - 1

    def judge(self, event, kind, body):
        """Whether the key was cached and fresh all the time. A wrong answer is noted."""
        got, now, token = self.label(kind, body), time.time(), event.token
        allowed, at_hand, needs_evidence = self.expected(event, now)
        expected = (ALLOW, token.subject)
        if got == UNAVAILABLE and UNAVAILABLE in allowed and needs_evidence:
            self.unexplained.append((now, f"{token}, {event}"))
        elif (ALLOW if got == expected else got) not in allowed:
            self.complain(f"{got} instead of {sorted(allowed)} for {token}, {event}; {len(self.states) - event.state} states, "
                          f"last {[(one and sorted(one.keys.items()), one and one.fresh, one and self.clock.now() - one.sent) for one in self.states[-1][0]]}, body {body[:200]}")
        return at_hand

    def expected(self, event, now):
        token, allowed, unless = event.token, set(), set()
        low, high = self.clock.range(event.start, now, event.offset)
        is_same_clock = event.offset == len(self.clock.changes) - 1
        if self.may_be_late and event.milliseconds < 0 and is_same_clock:
            return {LATE}, False, False
        if self.may_be_late and (not is_same_clock or self.is_disturbed(event.start) or now - event.start > event.milliseconds / 1000):
            allowed.add(LATE)
        if token.kid is None:
            return allowed | {DENY}, True, False
        states = self.states[event.state:]
        deliveries = {id(one): one for possible, _, _ in states for one in possible}.values()
        at_hand = True
        for one in deliveries:
            if one is None:
                allowed.add(UNAVAILABLE)
                at_hand = False
                continue
            first, last = one.cached(self.clock.now())
            least, most = low - last - 1, high - first + 1
            longest = one.fresh + self.stale
            at_hand = at_hand and least >= -2 and most < one.fresh and one.keys.get(token.kid) is not None
            if not (least > 1 - longest and most < longest - 1):
                allowed.add(UNAVAILABLE)
            if least >= longest or most <= -longest:
                continue
            owner = one.keys.get(token.kid)
            if owner is None:
                if any(succeeded for _, _, succeeded in states) and not self.is_fetching_for_certain(event.start):
                    allowed.add(DENY)
                unless.add(UNAVAILABLE)
            elif owner == token.owner and token.is_good:
                if low < token.expires + SKEW_SECONDS + 1 and high >= token.begins - SKEW_SECONDS - 1:
                    allowed.add(ALLOW)
                if high >= token.expires + SKEW_SECONDS - 1 or low < token.begins - SKEW_SECONDS + 1:
                    allowed.add(DENY)
            else:
                allowed.add(DENY)
        needs_evidence = UNAVAILABLE in unless and UNAVAILABLE not in allowed and not self.is_explained(event, states)
        return allowed | unless, at_hand, needs_evidence

    def is_explained(self, event, states):
        """Whether a fetch is known for which this event may have waited, or a failure after which none is made."""
        return (any(failed for _, failed, _ in states) or event.milliseconds < 2000 or event.offset < len(self.clock.changes) - 1
                or self.is_disturbed(event.start) or bool(self.live) or self.last_request >= event.start - 0.05)

    def is_fetching_for_certain(self, since):
        """Whether a fetch that began before has certainly not ended: the server has not answered, and the program has not closed the connection."""
        for began, connection in list(self.live.values()):
            if began < since and not is_closed(connection):
                return True
        return False


def is_closed(connection):
    """Whether the other side has closed a connection, or reset it."""
    try:
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True
