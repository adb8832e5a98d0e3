"""The keys of the run, and its tokens with what is true of them."""
import json, time

from conftest import AUDIENCE, ISSUER, b64, request_event, token_event

KIDS = ["a", "b", "c", "d", "e"]
FAR = 10 * 365 * 86_400


class Token:
    """One event's token: `kid` and `owner` name the key that signed it; kid None: it is refused before a key is looked for."""

    def __init__(self, name, event, kid=None, owner=None, is_good=False, subject=None, begins=0, expires=1 << 40):
        self.name, self.event, self.kid, self.owner, self.is_good = name, event, kid, owner, is_good
        self.subject, self.begins, self.expires, self.is_of_stranger = subject, begins, expires, False

    def __str__(self):
        return f"{self.name} token of key {self.owner}" if self.owner else f"{self.name} token"


def make_keys():
    """The private keys and their public forms: of each key ID one, and an imposter's with the same ID."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    private, public = {}, {}
    for kid in KIDS:
        for name in (kid, "imposter-" + kid):
            if kid in "ac":
                key = private[name] = ec.generate_private_key(ec.SECP256R1())
                numbers = key.public_key().public_numbers()
                public[name] = {"kty": "EC", "crv": "P-256", "kid": kid, "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
            else:
                key = private[name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
                public[name] = {"kty": "RSA", "kid": kid, "n": b64(key.public_key().public_numbers().n.to_bytes(256, "big")), "e": "AQAB"}
    return private, public


class Tokens:
    def __init__(self, private):
        self.known, self.strangers, self.unknown_count = [], [], 0
        now = int(time.time())
        for name, key in private.items():
            kid = name[-1]
            for number in range(12):
                self.add("good", 3, key, kid, name, f"{name}-{number}", now - 3600, now + FAR)
            # Good ones that a shift of the clock takes out of their time, or into it.
            self.add("soon expired", 2, key, kid, name, f"{name}-soon", now - 3600, now + 900)
            self.add("not yet valid", 2, key, kid, name, f"{name}-early", now + 1800, now + FAR)
            self.add("expired", 1, key, kid, name, f"{name}-old", now - FAR, now - 2 * 86_400)
            for what, changes in (("another audience's", {"aud": "https://other.example.com"}), ("another issuer's", {"iss": "https://other.example.com/"})):
                self.add(what, 1, key, kid, name, f"{name}-x", now - 3600, now + FAR, False, **changes)
            good = self.sign(key, kid, f"{name}-forged", now - 3600, now + FAR).split(".")
            forged = f"{good[0]}.{b64(json.dumps(self.claims('root', now - 3600, now + FAR)).encode())}.{good[2]}"
            self.known += [Token("forged", dump(token_event(forged)), kid, name)] * 2
        for text in (None, "", "x", "a.b.c", "e30.e30.", b64(b'{"alg":"none"}') + ".e30."):
            self.known.append(Token("unreadable", dump(token_event(text))))

    def add(self, what, share, key, kid, owner, subject, begins, expires, is_good=True, **changes):
        text = self.sign(key, kid, subject, begins, expires, **changes)
        event = token_event(text) if len(self.known) % 2 else request_event({"Authorization": "Bearer " + text})
        self.known += [Token(what, dump(event), kid, owner, is_good, subject, begins, expires)] * share

    @staticmethod
    def claims(subject, begins, expires, **changes):
        return {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "nbf": begins, "exp": expires, **changes}

    def sign(self, key, kid, subject, begins, expires, **changes):
        import jwt
        return jwt.encode(self.claims(subject, begins, expires, **changes), key, algorithm="ES256" if kid in "ac" else "RS256", headers={"kid": kid})

    def pick(self, chance):
        return self.stranger() if chance.random() < 0.2 else chance.choice(self.known)

    def pick_known(self, chance):
        return chance.choice(self.known)

    def stranger(self):
        """A token of a key ID that nobody has heard of."""
        self.unknown_count += 1
        head = b64(b'{"alg":"RS256","kid":"nobody-%d"}' % self.unknown_count)
        token = Token("stranger's", dump(token_event(f"{head}.e30.{'A' * 342}")), "nobody")
        token.is_of_stranger = True
        return token


def dump(value):
    return json.dumps(value).encode()
