"""The certificates command on chains made by `cryptography`, and elliptic-curve tokens of two minters."""
import base64, datetime, ipaddress, json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from conftest import AUDIENCE, ISSUER, UNAUTHORIZED, Issuer, allow, b64, run, token_event, unb64

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc)
AT = "2026-06-01T00:00:00Z"
KEYS = {"rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048), "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()), "ed25519": ed25519.Ed25519PrivateKey.generate}


class Authority:
    """A certificate with its key; issues other certificates."""

    def __init__(self, kind="p256", issuer=None, name="root", is_authority=True, hosts=None, purpose=None, days=(-30, 365), path_length=None):
        self.key, self.issuer = KEYS[kind](), issuer
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.certificate.subject if issuer else subject)
                   .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(NOW + datetime.timedelta(days=days[0])).not_valid_after(NOW + datetime.timedelta(days=days[1])))
        if is_authority is not None:
            builder = builder.add_extension(x509.BasicConstraints(is_authority, path_length if is_authority else None), True)
        if hosts:
            names = [x509.IPAddress(ipaddress.ip_address(h)) if h[0].isdigit() else x509.DNSName(h) for h in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        if purpose:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), False)
        signer = (issuer or self).key
        self.certificate = builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def judge(tmp_path, chain, root, host="api.example.com", *arguments):
    (tmp_path / "chain.pem").write_bytes(b"".join(one.pem() for one in chain))
    (tmp_path / "root.pem").write_bytes(root.pem())
    status, out, err = run("certificates", str(tmp_path / "chain.pem"), "--host", host, "--at", AT, "--json", *arguments,
                           settings={"CA_BUNDLE": str(tmp_path / "root.pem")})
    answer = json.loads(out)
    assert (status == 0) == answer["valid"], err
    return "valid" if answer["valid"] else answer["reason"]


@pytest.mark.parametrize("kind", KEYS)
def test_paths_of_each_key_type(tmp_path, kind):
    root = Authority(kind)
    intermediate = Authority(kind, root, "intermediate", path_length=0)
    leaf = Authority(kind, intermediate, "leaf", False, ["api.example.com", "*.example.org", "10.0.0.1"], ExtendedKeyUsageOID.SERVER_AUTH)
    other = Authority("p256", name="other")
    for chain in ([leaf, intermediate], [leaf, other, root, intermediate], [leaf, intermediate, intermediate]):
        assert judge(tmp_path, chain, root) == "valid"
    assert judge(tmp_path, [leaf, intermediate], root, "x.example.org") == "valid"
    assert judge(tmp_path, [leaf, intermediate], root, "10.0.0.1") == "valid"
    assert judge(tmp_path, [leaf, intermediate], root, "www.example.com") == "path_host_name_mismatch"
    assert judge(tmp_path, [leaf, intermediate], root, "a.b.example.org") == "path_host_name_mismatch"
    assert judge(tmp_path, [leaf], root) == "path_issuer_not_found"
    assert judge(tmp_path, [leaf, intermediate, root], other) == "path_untrusted_root"
    assert judge(tmp_path, [root], other) in ("path_self_signed", "path_no_subject_alt_name")
    expired = Authority(kind, intermediate, "leaf", False, ["api.example.com"], days=(-30, -1))
    assert judge(tmp_path, [expired, intermediate], root) == "path_expired"
    early = Authority(kind, intermediate, "leaf", False, ["api.example.com"], days=(1, 30))
    assert judge(tmp_path, [early, intermediate], root) == "path_not_yet_valid"
    client = Authority(kind, intermediate, "leaf", False, ["api.example.com"], ExtendedKeyUsageOID.CLIENT_AUTH)
    assert judge(tmp_path, [client, intermediate], root) == "path_extended_key_usage"
    below_leaf = Authority(kind, leaf, "below", False, ["api.example.com"])
    assert judge(tmp_path, [below_leaf, leaf, intermediate], root) == "path_not_authority"
    deep = Authority(kind, Authority(kind, intermediate, "second"), "leaf", False, ["api.example.com"])
    assert judge(tmp_path, [deep, deep.issuer, intermediate], root) == "path_length_constraint"


def test_the_text_output(tmp_path):
    root = Authority()
    leaf = Authority("p256", root, "leaf", False, ["api.example.com"])
    (tmp_path / "chain.pem").write_bytes(leaf.pem())
    (tmp_path / "root.pem").write_bytes(root.pem())
    settings = {"CA_BUNDLE": str(tmp_path / "root.pem")}
    status, out, _ = run("certificates", "-", "--host", "api.example.com", "--at", str(int(NOW.timestamp())), settings=settings, stdin=leaf.pem())
    assert status == 0 and "A path was found" in out and "CN=leaf" in out and "CN=root" in out and AT[:-1] in out
    status, out, _ = run("certificates", str(tmp_path / "chain.pem"), "--host", "b.example.com", "--at", AT, settings=settings)
    assert status == 1 and "path_host_name_mismatch" in out and "Advice: " in out
    assert run("certificates", str(tmp_path / "chain.pem"))[0] == 2
    assert run("certificates", "/does/not/exist", "--host", "x")[0] == 2
    assert run("certificates", str(tmp_path / "chain.pem"), "--host", "x", "--at", "yesterday")[0] == 2
    assert run("certificates", str(tmp_path / "chain.pem"), "--host", "x", settings={"CA_BUNDLE": "/does/not/exist"})[0] == 2


def pem_block(contents):
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(contents) + b"-----END CERTIFICATE-----\n"


def verdict(tmp_path, text, root, *arguments, host="api.example.com", at=AT):
    """Exit status, the JSON answer, and the text output of the same command."""
    (tmp_path / "chain.pem").write_bytes(text)
    (tmp_path / "root.pem").write_bytes(root.pem())
    command = ["certificates", str(tmp_path / "chain.pem"), "--host", host, "--at", at, *arguments]
    settings = {"CA_BUNDLE": str(tmp_path / "root.pem")}
    status, out, _ = run(*command, "--json", settings=settings)
    again, text, _ = run(*command, settings=settings)
    assert again == status
    return status, json.loads(out), text


def test_the_verdict_of_a_connection(tmp_path):
    """Every block of the file is presented unchanged: an invalid one is rejected as in a handshake."""
    root = Authority()
    intermediate = Authority("p256", root, "intermediate")
    leaf = Authority("p256", intermediate, "leaf", False, ["api.example.com"])
    chain = leaf.pem() + intermediate.pem()
    garbage = pem_block(b"GARBAGE RATHER THAN A CERTIFICATE")
    cut = pem_block(leaf.certificate.public_bytes(serialization.Encoding.DER)[:-1])

    # The first block is the server's certificate, whatever follows.
    status, answer, text = verdict(tmp_path, garbage + chain, root)
    assert (status, answer["valid"], answer["reason"]) == (1, False, "der_unexpected_tag") and "path" not in answer
    assert answer["unreadable"] == [{"block": 1, "reason": "der_unexpected_tag"}] and "No path: der_unexpected_tag" in text
    status, answer, text = verdict(tmp_path, cut, root)
    assert (status, answer["valid"], answer["reason"]) == (1, False, "der_truncated") and answer["advice"] and "block 1  der_truncated" in text
    # One that is not needed is passed over, and named.
    for extra in (garbage, cut):
        status, answer, text = verdict(tmp_path, chain + extra, root)
        assert status == 0 and answer["valid"] and [one["block"] for one in answer["unreadable"]] == [3] and "A path was found" in text and "block 3" in text
    status, answer, _ = verdict(tmp_path, leaf.pem() + garbage + intermediate.pem(), root)
    assert status == 0 and answer["valid"]
    # One that is needed: its fault is the reason.
    status, answer, _ = verdict(tmp_path, leaf.pem() + garbage, root)
    assert (status, answer["reason"]) == (1, "der_unexpected_tag")
    # The limits of a handshake.
    status, answer, _ = verdict(tmp_path, chain + intermediate.pem() * 62, root)
    assert status == 0 and answer["valid"] and answer["unreadable"] == []
    status, answer, _ = verdict(tmp_path, chain + intermediate.pem() * 63, root)
    assert (status, answer["reason"]) == (1, "path_too_many_certificates")
    status, answer, text = verdict(tmp_path, chain + pem_block(bytes(65_536)) * 2, root)
    assert (status, answer["valid"], answer["reason"]) == (1, False, "tls_message_too_long") and "No path: tls_message_too_long" in text
    # DER, as a single certificate is often kept.
    status, answer, _ = verdict(tmp_path, leaf.certificate.public_bytes(serialization.Encoding.DER), intermediate)
    assert status == 0 and answer["valid"]


def test_unreadable_files_are_reported_in_json(tmp_path):
    root = Authority()
    for text, reason in ((b"", "x509_no_anchors"), (b"text", "x509_no_anchors"), (root.pem()[:-30], "x509_pem_form"),
                         (b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "x509_pem_form")):
        status, answer, _ = verdict(tmp_path, text, root)
        assert status == 2 and answer == {"valid": False, "host": "api.example.com", "at": "2026-06-01T00:00:00.000Z",
                                          "file": str(tmp_path / "chain.pem"), "reason": reason}
    (tmp_path / "chain.pem").write_bytes(root.pem())
    for file, bundle, named in (("/does/not/exist", str(tmp_path / "root.pem"), "/does/not/exist"), (str(tmp_path / "chain.pem"), "/no/bundle", "/no/bundle")):
        status, out, err = run("certificates", file, "--host", "x", "--json", settings={"CA_BUNDLE": bundle})
        answer = json.loads(out)
        assert (status, answer["valid"], answer["file"], answer["reason"]) == (2, False, named, "file_not_found") and named in err


def test_instants(tmp_path):
    """`--at` accepts the same forms as ISSUED_NOT_BEFORE."""
    root = Authority()
    leaf = Authority("p256", root, "leaf", False, ["api.example.com"])
    good = {"2026-06-01T00:00:00Z": "2026-06-01T00:00:00.000Z", "2026-06-01T01:30:00+01:30": "2026-06-01T00:00:00.000Z",
            "2026-05-31T19:00:00-05:00": "2026-06-01T00:00:00.000Z", str(int(NOW.timestamp())): "2026-06-01T00:00:00.000Z"}
    bad = ["2026-02-31T00:00:00Z", "2026-06-31T00:00:00Z", "2027-02-29T00:00:00Z", "2026-06-01T24:00:00Z", "2026-06-01T00:00:00+24:00", "2026-06-01", "1969-12-31T23:59:59Z"]
    keys = {"JWKS_URI": "https://idp.example.com/jwks.json", "RESOURCE": "*", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    for text, instant in good.items():
        status, answer, _ = verdict(tmp_path, leaf.pem(), root, at=text)
        assert (status, answer["at"]) == (0, instant)
        status, out, err = run("check-config", settings={**keys, "ISSUED_NOT_BEFORE": text})
        assert status == 0 and f"ISSUED_NOT_BEFORE           {instant}" in out, err
    for text in bad:
        status, out, err = run("certificates", str(tmp_path / "chain.pem"), "--host", "x", "--at", text, settings={"CA_BUNDLE": str(tmp_path / "root.pem")})
        assert status == 2 and out == "" and "--at" in err, text
        status, _, err = run("check-config", settings={**keys, "ISSUED_NOT_BEFORE": text})
        assert status == 2 and "ISSUED_NOT_BEFORE" in err, text


def test_a_server_certificate_that_is_trusted_itself(tmp_path):
    """RFC 5280 §6.1 does not check an anchor. All checks of the server's certificate still apply."""
    for own in (Authority("p256", name="own", is_authority=False, hosts=["api.example.com"]),
                Authority("rsa", name="own", is_authority=None, hosts=["api.example.com"])):
        status, answer, text = verdict(tmp_path, own.pem(), own)
        assert status == 0 and [one["subject"] for one in answer["path"]] == ["CN=own"] and "server and anchor" in text
        assert verdict(tmp_path, own.pem(), own, host="www.example.com")[1]["reason"] == "path_host_name_mismatch"
        assert verdict(tmp_path, own.pem(), own, at="2027-06-02T00:00:00Z")[1]["reason"] == "path_expired"
        assert verdict(tmp_path, own.pem(), own, at="2026-05-01T00:00:00Z")[1]["reason"] == "path_not_yet_valid"
        below = Authority("p256", own, "below", False, ["api.example.com"])
        assert verdict(tmp_path, below.pem() + own.pem(), own)[1]["reason"] in ("path_not_authority", "path_basic_constraints_missing")
        again = Authority("p256", name="own", is_authority=False, hosts=["api.example.com"])
        assert verdict(tmp_path, again.pem(), own)[0] == 1


CURVES = {"ES256": (ec.SECP256R1(), "P-256", 32), "ES384": (ec.SECP384R1(), "P-384", 48), "ES512": (ec.SECP521R1(), "P-521", 66)}


def curve_key(algorithm):
    """A private key and its JWK."""
    if algorithm == "EdDSA":
        key = ed25519.Ed25519PrivateKey.generate()
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return key, {"kty": "OKP", "crv": "Ed25519", "kid": algorithm, "x": b64(raw)}
    curve, name, size = CURVES[algorithm]
    key = ec.generate_private_key(curve)
    numbers = key.public_key().public_numbers()
    return key, {"kty": "EC", "crv": name, "kid": algorithm, "x": b64(numbers.x.to_bytes(size, "big")), "y": b64(numbers.y.to_bytes(size, "big"))}


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA"])
def test_curve_tokens(function, algorithm):
    import jwt
    from joserfc import jwt as joserfc_jwt
    from joserfc.jwk import ECKey, OKPKey
    key, jwk = curve_key(algorithm)
    _, other = curve_key(algorithm)
    one = function(JWKS=json.dumps({"keys": [jwk, {**other, "kid": "other"}]}), ISSUER=ISSUER, AUDIENCE=AUDIENCE)
    claims = Issuer.claims(None)
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": algorithm})
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    imported = (OKPKey if algorithm == "EdDSA" else ECKey).import_key(pem)
    second = joserfc_jwt.encode({"alg": algorithm, "kid": algorithm}, claims, imported, algorithms=[algorithm])
    for good in (token, second):
        assert one.invoke(token_event(good)) == allow("alice")
    # AUDIT 16.
    head, payload, signature = token.split(".")
    raw = unb64(signature)
    half = len(raw) // 2
    bad = {"zero": bytes(len(raw)), "r zero": bytes(half) + raw[half:], "s zero": raw[:half] + bytes(half), "short": raw[:-1], "long": raw + b"\0",
           "flipped": raw[:-1] + bytes([raw[-1] ^ 1]), "all ones": b"\xff" * len(raw)}
    if algorithm != "EdDSA":
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        bad["DER"] = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    for what, changed in bad.items():
        assert one.invoke(token_event(f"{head}.{payload}.{b64(changed)}")) == UNAUTHORIZED, what
    stranger = b64(json.dumps({"alg": algorithm, "kid": "other"}).encode())
    assert one.invoke(token_event(f"{stranger}.{payload}.{signature}")) == UNAUTHORIZED
    for wrong in ("ES256", "ES384", "ES512", "EdDSA", "RS256"):
        if wrong != algorithm:
            header = b64(json.dumps({"alg": wrong, "kid": algorithm}).encode())
            assert one.invoke(token_event(f"{header}.{payload}.{signature}")) == UNAUTHORIZED
            assert one.lines()[-1]["reason"] == "key_algorithm_mismatch"
