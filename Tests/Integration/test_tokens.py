"""Tokens of three libraries with three key sizes are accepted; ten thousand changed ones are refused; nothing traps."""
import json, os, random, subprocess, time

import jwt
import pytest

from conftest import AUDIENCE, ISSUER, UNAUTHORIZED, Issuer, allow, b64, deny, token_event


@pytest.fixture(scope="session")
def issuers():
    return {bits: Issuer(f"key-{bits}", bits) for bits in (2048, 3072, 4096)}


def key_set_of(issuers):
    return json.dumps({"keys": [issuer.jwk() for issuer in issuers.values()]})


def openssl_token(issuer, algorithm, folder):
    """Signed by the command line of OpenSSL."""
    from cryptography.hazmat.primitives import serialization
    path = folder / f"{issuer.kid}.pem"
    path.write_bytes(issuer.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    signing_input = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": issuer.kid}, issuer.claims()))
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if algorithm[0] == "P" else []
    signature = subprocess.run(["openssl", "dgst", f"-sha{algorithm[2:]}", "-sign", str(path), *options], input=signing_input.encode(),
                               stdout=subprocess.PIPE, check=True).stdout
    return signing_input + "." + b64(signature)


def joserfc_token(issuer, algorithm):
    from cryptography.hazmat.primitives import serialization
    from joserfc import jwt as joserfc_jwt
    from joserfc.jwk import RSAKey
    pem = issuer.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return joserfc_jwt.encode({"alg": algorithm, "kid": issuer.kid}, issuer.claims(), RSAKey.import_key(pem), algorithms=[algorithm])


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_every_library_is_accepted(function, issuers, tmp_path, bits):
    one = function(JWKS=key_set_of(issuers), ISSUER=ISSUER, AUDIENCE=AUDIENCE)
    for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        for token in (issuers[bits].token(algorithm=algorithm), joserfc_token(issuers[bits], algorithm),
                      openssl_token(issuers[bits], algorithm, tmp_path)):
            assert one.invoke(token_event(token)) == allow("alice"), (bits, algorithm)


def test_claims_are_checked(function, issuer):
    one = function(JWKS=json.dumps(issuer.key_set()), ISSUER=ISSUER, AUDIENCE=AUDIENCE, REQUIRED_SCOPES="orders:read")
    now = int(time.time())
    for changes, reason in [
        ({"exp": now - 61}, "token_expired"), ({"exp": None}, "claim_exp_missing"), ({"exp": str(now + 60)}, "claim_exp_type"),
        ({"exp": -1}, "claim_exp_range"), ({"nbf": now + 300}, "token_not_yet_valid"), ({"iat": now + 300}, "token_issued_in_future"),
        ({"iss": None}, "claim_iss_missing"), ({"iss": ISSUER[:-1]}, "issuer_mismatch"), ({"aud": None}, "claim_aud_missing"),
        ({"aud": ["x", "y"]}, "audience_mismatch"), ({"aud": 1}, "claim_aud_type"), ({"sub": 1}, "claim_sub_type"),
    ]:
        payload = json.dumps(issuer.claims(**changes)).encode()
        token = jwt.api_jws.PyJWS().encode(payload, issuer.key, algorithm="RS256", headers={"kid": issuer.kid})
        assert one.invoke(token_event(token)) == UNAUTHORIZED
        assert one.lines()[-1]["reason"] == reason
    assert one.invoke(token_event(issuer.token())) == deny("alice", "scope_missing", "orders:read")
    assert one.invoke(token_event(issuer.token(scope="orders:reader"))) == deny("alice", "scope_missing", "orders:read")
    assert one.invoke(token_event(issuer.token(scope="x orders:read", exp=now - 30, aud=["x", AUDIENCE]))) == allow("alice")


def test_ten_thousand_changed_bits_are_refused(function, issuer):
    """Flips one bit of the token's ASCII, or of one of its decoded parts, at a random position. Memory is checked as well."""
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
    print(f"seed {seed} (SEED={seed} repeats it)")
    r = random.Random(seed)
    one = function(JWKS=json.dumps(issuer.key_set()), ISSUER=ISSUER, AUDIENCE=AUDIENCE, LOG_LEVEL="ERROR")
    token = issuer.token()
    assert one.invoke(token_event(token)) == allow("alice")
    counts = {"text": 0, "decoded": 0}
    from conftest import unb64
    for number in range(10_000):
        if r.random() < 0.5:
            raw = bytearray(token.encode())
            raw[r.randrange(len(raw))] ^= 1 << r.randrange(7)
            changed, kind = raw.decode("ascii"), "text"
        else:
            parts = token.split(".")
            index = r.randrange(3)
            raw = bytearray(unb64(parts[index]))
            raw[r.randrange(len(raw))] ^= 1 << r.randrange(8)
            parts[index], kind = b64(bytes(raw)), "decoded"
            changed = ".".join(parts)
        answer = one.invoke(token_event(changed))
        assert answer == UNAUTHORIZED, (seed, number, changed)
        counts[kind] += 1
    print(counts)
    assert one.invoke(token_event(token)) == allow("alice")
    with open(f"/proc/{one.pid()}/status") as f:
        peak = int(next(line for line in f if line.startswith("VmHWM")).split()[1])
    print(f"peak resident memory after 10,002 invocations: {peak} KiB")
    assert peak < 4096 or os.environ.get("RUNNER")
    assert one.lines() == []
