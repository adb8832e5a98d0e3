"""ML-DSA (RFC 9964): tokens of all three sizes, minted by `cryptography`, decided by the binary; changed ones and confused ones are refused by name."""
import hashlib, json, os, random, time, uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa

from conftest import AUDIENCE, ISSUER, RESOURCE, UNAUTHORIZED, allow, b64, run, token_event, unb64
from test_sender import CALLED, URI, rest

SIZES = {"ML-DSA-44": (1312, 2420), "ML-DSA-65": (1952, 3309), "ML-DSA-87": (2592, 4627)}


class Signer:
    """A key of one size with `cryptography` alone."""

    def __init__(self, alg):
        self.alg = alg
        self.key = getattr(mldsa, f"MLDSA{alg[-2:]}PrivateKey").generate()
        self.kid = "key-" + alg
        self.required = {"alg": alg, "kty": "AKP", "pub": b64(self.key.public_key().public_bytes_raw())}
        # RFC 9964 section 6: these members in this order.
        self.jkt = b64(hashlib.sha256(json.dumps(self.required, separators=(",", ":")).encode()).digest())

    def jwk(self, **further):
        return {**self.required, "kid": self.kid, "use": "sig", **further}

    def sign(self, header, claims, context=None):
        text = ".".join(b64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        return text + "." + b64(self.key.sign(text.encode()) if context is None else self.key.sign(text.encode(), context))

    def token(self, header=None, context=None, **changes):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 900, **changes}
        return self.sign({"alg": self.alg, "kid": self.kid, **(header or {})}, claims, context)

    def proof(self, token, **changes):
        claims = {"htm": "GET", "htu": URI, "iat": int(time.time()), "jti": str(uuid.uuid4()),
                  "ath": b64(hashlib.sha256(token.encode()).digest()), **changes}
        return self.sign({"typ": "dpop+jwt", "alg": self.alg, "jwk": self.required}, claims)


@pytest.fixture(scope="session")
def signers():
    return {alg: Signer(alg) for alg in SIZES}


def key_set(*keys):
    return json.dumps({"keys": list(keys)})


def named(signers, **further):
    return {"JWKS": key_set(*(s.jwk() for s in signers.values())), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "ALGORITHMS": ",".join(signers), **further}


def refused(one, token):
    assert one.invoke(token_event(token)) == UNAUTHORIZED
    return one.lines()[-1]["reason"]


def test_every_size(function, signers):
    one = function(**named(signers))
    for alg, signer in signers.items():
        token = signer.token()
        signature = unb64(token.split(".")[2])
        assert (len(unb64(signer.required["pub"])), len(signature)) == SIZES[alg]
        # The second time the token is remembered.
        for _ in range(2):
            assert one.invoke(token_event(token)) == allow("alice"), alg
        assert refused(one, signer.token(exp=1)) == "token_expired"
        assert refused(one, signer.token(context=b"JWT")) == "signature_mismatch"
        assert refused(one, token.rsplit(".", 1)[0] + "." + b64(signature[:-1])) == "signature_mismatch"
        assert refused(one, token.rsplit(".", 1)[0] + "." + b64(signature + b"\0")) == "signature_mismatch"


def test_off_unless_named(function, signers, issuer):
    keys = key_set(issuer.jwk(), *(s.jwk() for s in signers.values()))
    standard = function(JWKS=keys, ISSUER=ISSUER, AUDIENCE=AUDIENCE)
    one = function(JWKS=keys, ISSUER=ISSUER, AUDIENCE=AUDIENCE, ALGORITHMS="RS256,ML-DSA-65")
    assert standard.invoke(token_event(issuer.token())) == one.invoke(token_event(issuer.token())) == allow("alice")
    for alg, signer in signers.items():
        assert refused(standard, signer.token()) == "header_alg_not_allowed"
        if alg == "ML-DSA-65":
            assert one.invoke(token_event(signer.token())) == allow("alice")
        else:
            assert refused(one, signer.token()) == "header_alg_not_allowed"
    document = {"issuers": [{"issuer": ISSUER, "audiences": [AUDIENCE], "jwks": json.loads(keys), "algorithms": ["ML-DSA-87"]}],
                "routes": [{"route": "GET /*", "allow": "any_token"}]}
    ruled = function(RULES=json.dumps(document), RESOURCE=None)
    assert "Allow" in json.dumps(ruled.invoke(token_event(signers["ML-DSA-87"].token())))
    assert ruled.invoke(token_event(signers["ML-DSA-44"].token())) == UNAUTHORIZED


def test_confusions_are_refused_by_name(function, signers, issuer):
    one = function(**named(signers, JWKS=key_set(issuer.jwk(), *(s.jwk() for s in signers.values())), ALGORITHMS="RS256,EdDSA," + ",".join(signers)))
    for alg, signer in signers.items():
        for other, peer in signers.items():
            if other != alg:
                # `alg` of another size with this key; this key's signature under the other key's ID.
                assert refused(one, signer.token({"alg": other})) == "key_algorithm_mismatch"
                assert refused(one, signer.token({"kid": peer.kid})) == "key_algorithm_mismatch"
                assert refused(one, signer.token({"alg": other, "kid": peer.kid})) == "signature_mismatch"
        assert refused(one, signer.token({"kid": issuer.kid})) == "key_algorithm_mismatch"
        for name in ("RS256", "EdDSA"):
            assert refused(one, signer.token({"alg": name})) == "key_algorithm_mismatch"
        assert refused(one, issuer.token(headers={"kid": signer.kid})) == "key_algorithm_mismatch"
        for name in ("none", "ml-dsa-44", "ML-DSA", "HashML-DSA-44"):
            assert refused(one, signer.token({"alg": name})) == "header_alg_not_allowed"


@pytest.mark.parametrize("what, reason, change", [
    ("another size", "mldsa_key_length", lambda k, o: {**k, "alg": o.alg}), ("no alg", "key_member_missing", lambda k, o: {**k, "alg": None}),
    ("no pub", "key_member_missing", lambda k, o: {**k, "pub": None}), ("short", "mldsa_key_length", lambda k, o: {**k, "pub": k["pub"][:len(k["pub"]) // 4 * 4]}),
    ("alg RS256", "key_alg", lambda k, o: {**k, "alg": "RS256"}), ("priv", "key_private", lambda k, o: {**k, "priv": b64(bytes(32))}),
    ("padding", "key_member_encoding", lambda k, o: {**k, "pub": k["pub"] + "="}), ("kty", "key_type_not_supported", lambda k, o: {**k, "kty": "MLDSA"}),
])
def test_faulty_keys_are_reported(tmp_path, signers, what, reason, change):
    """`authorizer keys` names the reason, and the other key of the set is used."""
    good, bad = signers["ML-DSA-44"], signers["ML-DSA-65"]
    key = {name: value for name, value in change(bad.jwk(), signers["ML-DSA-87"]).items() if value is not None}
    path = tmp_path / "keys.json"
    path.write_text(key_set(key, good.jwk()))
    status, output, _ = run("keys", "--json", settings={"JWKS_URI": str(path), "RESOURCE": RESOURCE, "AUDIENCE": AUDIENCE, "ISSUER": ISSUER,
                                                        "ALGORITHMS": "ML-DSA-44,ML-DSA-65"})
    assert reason in output and "AKP ML-DSA-44" in output, (what, status, output)


def test_rsa_keys_for_mldsa(function, signers, issuer):
    signer = signers["ML-DSA-65"]
    rsa = {**issuer.jwk(), "kid": signer.kid, "alg": signer.alg}
    one = function(**named(signers, JWKS=key_set(rsa, signers["ML-DSA-44"].jwk())))
    assert refused(one, signer.token()) == "key_unknown"
    assert refused(one, issuer.token(headers={"kid": signer.kid})) == "header_alg_not_allowed"


def test_changed_bits_are_refused(function, signers):
    """One bit of one of the decoded parts, at 3,000 random places."""
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"seed {seed} (SEED={seed} repeats it)")
    r = random.Random(seed)
    one = function(**named(signers, LOG_LEVEL="ERROR"))
    tokens = {alg: signer.token() for alg, signer in signers.items()}
    for number in range(3000):
        alg = r.choice(list(signers))
        parts = tokens[alg].split(".")
        index = r.choice([0, 1, 2, 2, 2, 2])
        raw = bytearray(unb64(parts[index]))
        raw[r.randrange(len(raw))] ^= 1 << r.randrange(8)
        parts[index] = b64(bytes(raw))
        assert one.invoke(token_event(".".join(parts))) == UNAUTHORIZED, (seed, number, alg)
    for token in tokens.values():
        assert one.invoke(token_event(token)) == allow("alice")
    assert one.lines() == []


def test_proofs(function, signers, issuer):
    """DPoP: proofs of every size if the settings name the algorithm, and of none otherwise."""
    keys = {"JWKS": key_set(issuer.jwk()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "DPOP": "require", "RESULT_CACHE": "off"}
    one = function(**keys, ALGORITHMS="RS256," + ",".join(signers))
    standard = function(**keys)
    for alg, signer in signers.items():
        token = issuer.token(cnf={"jkt": signer.jkt})
        proof = signer.proof(token)
        assert one.invoke(rest("DPoP " + token, proof)) == allow("alice", resource=CALLED), (alg, one.lines()[-1])
        assert one.invoke(rest("DPoP " + token, proof)) == UNAUTHORIZED and one.lines()[-1]["reason"] == "dpop_replayed"
        assert one.invoke(rest("DPoP " + token, Signer(alg).proof(token))) == UNAUTHORIZED
        assert one.lines()[-1]["reason"] == "dpop_key_mismatch"
        assert standard.invoke(rest("DPoP " + token, signer.proof(token))) == UNAUTHORIZED
        assert standard.lines()[-1]["reason"] == "dpop_alg"


def test_reports(signers, tmp_path):
    """`explain` and `check-config` show the algorithm and the key's type."""
    settings = {**named(signers), "RESOURCE": RESOURCE}
    status, output, _ = run("check-config", settings=settings)
    assert status == 0 and "ML-DSA-44,ML-DSA-65,ML-DSA-87" in output.replace(", ", ","), output
    path = tmp_path / "event.json"
    path.write_text(json.dumps(token_event(signers["ML-DSA-65"].token())))
    status, output, _ = run("explain", "--event", str(path), settings=settings)
    assert status == 0 and "ML-DSA-65" in output, output
