"""Sender-constrained tokens: DPoP proofs of three implementations with every algorithm, certificates of `cryptography`."""
import hashlib, json, time, uuid

import jwt
import pytest

from conftest import ARN, AUDIENCE, ISSUER, RESOURCE, UNAUTHORIZED, allow, b64, run, token_event

URI = "https://api.example.com/prod/orders/42"


class Client:
    """A key of one algorithm, and its proofs."""

    def __init__(self, algorithm):
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        self.algorithm = algorithm
        if algorithm[0] in "RP":
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        elif algorithm in ("EdDSA", "Ed25519"):
            self.key = ed25519.Ed25519PrivateKey.generate()
        else:
            self.key = ec.generate_private_key({"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}[algorithm])
        public = jwt.get_algorithm_by_name(algorithm if algorithm != "Ed25519" else "EdDSA").to_jwk(self.key.public_key(), as_dict=True)
        self.jwk = {k: v for k, v in public.items() if k in ("kty", "n", "e", "crv", "x", "y")}
        # RFC 7638.
        self.jkt = b64(hashlib.sha256(json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()).digest())

    def claims(self, token, **changes):
        claims = {"htm": "GET", "htu": URI, "iat": int(time.time()), "jti": str(uuid.uuid4()),
                  "ath": b64(hashlib.sha256(token.encode()).digest()), **changes}
        return {k: v for k, v in claims.items() if v is not None}

    def proof(self, token, header=None, key=None, **changes):
        header = {"typ": "dpop+jwt", "jwk": self.jwk, **(header or {})}
        payload = json.dumps(self.claims(token, **changes)).encode()
        return jwt.api_jws.PyJWS().encode(payload, key or self.key, algorithm=header.pop("alg", self.algorithm), headers=header)

    def joserfc_proof(self, token):
        from cryptography.hazmat.primitives import serialization
        from joserfc import jwt as joserfc_jwt
        from joserfc.jwk import ECKey, OKPKey, RSAKey
        pem = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        kind = {"R": RSAKey, "P": RSAKey, "E": ECKey}[self.algorithm[0]] if self.algorithm != "EdDSA" else OKPKey
        return joserfc_jwt.encode({"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk}, self.claims(token), kind.import_key(pem), algorithms=[self.algorithm])

    def raw_proof(self, token):
        """Signs with `cryptography` only: r || s, PSS with a salt of the hash's length, PKCS #1 v1.5."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
        text = ".".join(b64(json.dumps(part).encode()) for part in
                        ({"jwk": self.jwk, "alg": self.algorithm, "typ": "dpop+jwt"}, self.claims(token)))
        if self.algorithm in ("EdDSA", "Ed25519"):
            return text + "." + b64(self.key.sign(text.encode()))
        digest = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[self.algorithm[2:]]()
        if self.algorithm[0] == "E":
            size = (self.key.curve.key_size + 7) // 8
            numbers = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(digest)))
            return text + "." + b64(b"".join(n.to_bytes(size, "big") for n in numbers))
        scheme = padding.PKCS1v15() if self.algorithm[0] == "R" else padding.PSS(padding.MGF1(digest), digest.digest_size)
        return text + "." + b64(self.key.sign(text.encode(), scheme, digest))


def refusal(one, event):
    """The reason of a refusal."""
    one.invoke(event)
    line = one.lines()[-1]
    assert line["decision"] == "unauthorized", line
    return line["reason"]


ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


@pytest.fixture(scope="session")
def clients():
    return {algorithm: Client(algorithm) for algorithm in ALGORITHMS}


# With RESULT_CACHE=off or a proof and keyed, the policy names the called ARN alone.
CALLED = ARN + "/GET/orders/42"


def rest(authorization, *proofs, certificate=None, method="GET"):
    headers = {"Authorization": authorization, **({"DPoP": proofs[-1]} if proofs else {})}
    many = {"Authorization": [authorization], **({"DPoP": list(proofs)} if proofs else {})}
    identity = {"sourceIp": "203.0.113.7", **({"clientCert": {"clientCertPem": certificate}} if certificate else {})}
    return {"type": "REQUEST", "methodArn": ARN + f"/{method}/orders/42", "resource": "/orders/{id}", "path": "/orders/42", "httpMethod": method,
            "headers": headers, "multiValueHeaders": many, "queryStringParameters": {}, "pathParameters": {"id": "42"}, "stageVariables": {},
            "requestContext": {"path": "/prod/orders/42", "stage": "prod", "apiId": "a1b2c3d4e5", "httpMethod": method,
                               "domainName": "api.example.com", "identity": identity}}


def http2(authorization, proof=None, certificate=None):
    return {"version": "2.0", "type": "REQUEST", "routeArn": ARN + "/GET/orders/42", "routeKey": "GET /orders/{id}", "rawPath": "/prod/orders/42",
            "rawQueryString": "", "headers": {"authorization": authorization, **({"dpop": proof} if proof else {})},
            "requestContext": {"accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": "api.example.com", "stage": "prod",
                               "authentication": {"clientCert": {"clientCertPem": certificate}} if certificate else None,
                               "http": {"method": "GET", "path": "/prod/orders/42"}}}


def settings(issuer, **further):
    return {"JWKS": json.dumps(issuer.key_set()), "ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "RESOURCE": RESOURCE, **further}


def test_the_name_of_rfc_9864(function, issuer):
    """`Ed25519` in a proof, whose key may have either `alg`."""
    one = function(**settings(issuer, DPOP="require", RESULT_CACHE="off"))
    client = Client("Ed25519")
    token = issuer.token(cnf={"jkt": client.jkt})
    for alg in (None, "EdDSA", "Ed25519"):
        client.jwk = {k: v for k, v in {**client.jwk, "alg": alg}.items() if v}
        assert one.invoke(rest("DPoP " + token, client.raw_proof(token))) == allow("alice", resource=CALLED), (alg, one.lines()[-1])
    for header, reason in (("Ed448", "dpop_alg"), ("ed25519", "dpop_alg"), ("ES256", "dpop_jwk_alg")):
        client.algorithm = header
        text = ".".join(b64(json.dumps(part).encode()) for part in ({"jwk": client.jwk, "alg": header, "typ": "dpop+jwt"}, client.claims(token)))
        assert one.invoke(rest("DPoP " + token, text + "." + b64(client.key.sign(text.encode())))) == UNAUTHORIZED
        assert one.lines()[-1]["reason"] == reason, (header, one.lines()[-1])


def test_every_implementation_and_algorithm(function, issuer, clients):
    one = function(**settings(issuer, DPOP="require", RESULT_CACHE="off"))
    for algorithm, client in clients.items():
        token = issuer.token(cnf={"jkt": client.jkt})
        for proof in (client.proof(token), client.joserfc_proof(token), client.raw_proof(token)):
            assert one.invoke(rest("DPoP " + token, proof)) == allow("alice", resource=CALLED), (algorithm, one.lines()[-1])
            # Once, and never again.
            assert one.invoke(rest("DPoP " + token, proof)) == UNAUTHORIZED
            assert one.lines()[-1]["reason"] == "dpop_replayed"
        assert one.invoke(http2("DPoP " + token, client.proof(token))) == allow("alice", resource=CALLED), algorithm
        # A proof by another key of the same kind.
        assert one.invoke(rest("DPoP " + token, client.proof(token, key=Client(algorithm).key))) == UNAUTHORIZED
        assert one.lines()[-1]["reason"] == "dpop_signature"
        assert one.invoke(rest("DPoP " + token, Client(algorithm).proof(token))) == UNAUTHORIZED
        assert one.lines()[-1]["reason"] == "dpop_key_mismatch"


def test_every_changed_proof(function, issuer, clients):
    one = function(**settings(issuer, DPOP="accept", RESULT_CACHE="off"))
    client = clients["ES256"]
    token, now = issuer.token(cnf={"jkt": client.jkt}), int(time.time())
    good = client.proof(token)
    private = {**client.jwk, "d": "AQ"}
    unsigned = ".".join(b64(json.dumps(part).encode()) for part in ({"typ": "dpop+jwt", "alg": "none", "jwk": client.jwk}, client.claims(token)))
    for event, reason in [
        (rest("Bearer " + token, good), "dpop_downgrade"), (rest("Bearer " + token), "dpop_downgrade"), (rest("DPoP " + token), "dpop_missing"),
        (rest("DPoP " + token, good, client.proof(token)), "dpop_repeated"), (http2("DPoP " + token, good + "," + good), "dpop_repeated"),
        (http2("DPoP " + token, good + ", " + good), "dpop_repeated"), (token_event(token), "dpop_downgrade"),
        ({**token_event(token), "authorizationToken": "DPoP " + token}, "dpop_not_told"), (rest("DPoP " + token, good, method="POST"), "dpop_htm"),
        (rest("DPoP " + issuer.token(), client.proof(issuer.token())), "dpop_token_not_bound"),
        *[(rest("DPoP " + token, proof), reason) for proof, reason in [
            ("", "dpop_form"), ("a.b.c", "dpop_form"), (good + ".x", "dpop_form"), (good[:-1], "dpop_signature"), (token, "dpop_typ"),
            (client.proof(token, {"typ": "JWT"}), "dpop_typ"), (client.proof(token, {"jwk": None}), "dpop_jwk"),
            (client.proof(token, {"jwk": private}), "dpop_jwk_private"), (client.proof(token, {"jwk": clients["RS256"].jwk}), "dpop_jwk_alg"),
            (client.proof(token, {"alg": "HS256"}, key="x" * 32), "dpop_alg"), (unsigned + ".", "dpop_form"), (unsigned + ".AA", "dpop_alg"),
            (client.proof(token, htm=None), "dpop_claim_missing"), (client.proof(token, htu=None), "dpop_claim_missing"),
            (client.proof(token, iat=None), "dpop_claim_missing"), (client.proof(token, jti=None), "dpop_claim_missing"),
            (client.proof(token, ath=None), "dpop_claim_missing"), (client.proof(token, jti=7), "dpop_claim_type"),
            (client.proof(token, htm="POST"), "dpop_htm"), (client.proof(token, htu=URI + "/"), "dpop_htu"),
            (client.proof(token, htu=URI.replace("/prod", "")), "dpop_htu"), (client.proof(token, iat=now - 200), "dpop_too_old"),
            (client.proof(token, iat=now + 200), "dpop_in_future"), (client.proof(issuer.token()), "dpop_ath")]],
    ]:
        assert refusal(one, event) == reason, event
    for uri in (URI + "?a=b", URI + "#c", URI.replace("https://api.example.com", "HTTPS://API.EXAMPLE.COM:443"), URI.replace("orders", "%6Frders")):
        assert one.invoke(rest("DPoP " + token, client.proof(token, htu=uri))) == allow("alice", resource=CALLED), uri
    # An unbound token needs no proof, and nothing of a token is in the log.
    assert one.invoke(rest("Bearer " + issuer.token())) == allow("alice", resource=CALLED)
    with open(one.log_path, encoding="utf-8") as log:
        text = log.read()
    assert all(part not in text for part in token.split(".") + good.split("."))


def test_origins_and_the_start(function, issuer, clients):
    client = clients["EdDSA"]
    token = issuer.token(cnf={"jkt": client.jkt})
    one = function(**settings(issuer, DPOP="accept", RESULT_CACHE="keyed", DPOP_ORIGINS="https://cdn.example.com/v1,https://api.example.org"))
    # A cached answer of the gateway is valid for this route only.
    called = allow("alice", resource=CALLED)
    for make in (rest, http2):
        for uri in ("https://cdn.example.com/v1/orders/42", "https://api.example.org/orders/42"):
            assert one.invoke(make("DPoP " + token, client.proof(token, htu=uri))) == called, uri
        assert refusal(one, make("DPoP " + token, client.proof(token))) == "dpop_htu"
    assert any("RESULT_CACHE is keyed" in line.get("warning", "") for line in one.lines())
    # Who looks at senders has to say what the gateway caches.
    for name in ("DPOP", "MTLS"):
        status, output, errors = run("check-config", settings=settings(issuer, **{name: "accept"}))
        assert status == 2 and "RESULT_CACHE is not set" in output + errors
    status, output, _ = run("check-config", settings=settings(issuer, DPOP="require", MTLS="ignore", RESULT_CACHE="off"))
    assert status == 0 and "DPOP                        require" in output and "warning: DPOP or MTLS is ignore" in output
    # explain says which URI would have been taken, and never the token.
    status, output, _ = run("explain", "--event", "-", settings=settings(issuer, DPOP="accept", RESULT_CACHE="off"),
                            stdin=json.dumps(rest("DPoP " + token, client.proof(token, htu="https://x.org/"))).encode())
    assert status == 1 and "dpop_htu" in output and f"accepted URIs: {URI}" in output and token not in output


def test_callers_without_a_proof(function, issuer):
    one = function(**settings(issuer, DPOP="require", RESULT_CACHE="off"))
    answer = one.invoke(token_event(issuer.token()))
    assert answer["errorType"] == "EventError" and "REQUEST" in answer["errorMessage"]
    assert one.lines()[-1]["reason"] == "sender_not_told"
    # Without a word from the user a bound token is not taken; with ignore it is.
    bound = issuer.token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})
    off, ignore = function(**settings(issuer)), function(**settings(issuer, DPOP="ignore", MTLS="ignore"))
    assert off.invoke(token_event(bound)) == UNAUTHORIZED and off.lines()[-1]["reason"] == "dpop_off"
    assert ignore.invoke(token_event(bound)) == allow("alice")
    certified = issuer.token(cnf={"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"})
    assert off.invoke(token_event(certified)) == UNAUTHORIZED and off.lines()[-1]["reason"] == "mtls_off"
    assert ignore.invoke(token_event(certified)) == allow("alice")


def certificate():
    import datetime
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    return made.public_bytes(serialization.Encoding.PEM).decode(), b64(made.fingerprint(hashes.SHA256()))


def test_certificates(function, issuer):
    one = function(**settings(issuer, MTLS="require", RESULT_CACHE="off"))
    (pem, thumbprint), (other, _) = certificate(), certificate()
    token = issuer.token(cnf={"x5t#S256": thumbprint})
    for make in (rest, http2):
        assert one.invoke(make("Bearer " + token, certificate=pem)) == allow("alice", resource=CALLED)
        assert one.invoke(make("Bearer " + token, certificate=pem.replace("\n", "\r\n"))) == allow("alice", resource=CALLED)
        for event, reason in [(make("Bearer " + token), "mtls_certificate_missing"), (make("Bearer " + token, certificate=other), "mtls_certificate_mismatch"),
                              (make("Bearer " + token, certificate=pem + pem), "mtls_certificate_form"),
                              (make("Bearer " + issuer.token(), certificate=pem), "mtls_token_not_bound")]:
            assert refusal(one, event) == reason
