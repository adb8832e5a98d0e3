"""Shared by the X.509 converters: a DER writer that can also write invalid certificates, keys from a
seed, and the writer of path cases. Signatures are made by `cryptography`; PSS is implemented here, so that the salt is fixed.
"""
import hashlib, os, sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEED = b"x509-cases 1"

# --- DER


def tlv(tag, content):
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content


def sequence(*items):
    return tlv(0x30, b"".join(items))


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted):
    parts = [int(part) for part in dotted.split(".")]
    content = b""
    for part in [40 * parts[0] + parts[1]] + parts[2:]:
        digits = [part & 0x7F]
        while part > 0x7F:
            part >>= 7
            digits.append(part & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return tlv(0x06, content)


def bits(content, unused=0):
    return tlv(0x03, bytes([unused]) + content)


def octets(content):
    return tlv(0x04, content)


def explicit(number, content):
    return tlv(0xA0 | number, content)


NULL, TRUE = tlv(0x05, b""), tlv(0x01, b"\xff")


def time(text):
    """YYYYMMDDHHMMSSZ, as UTCTime through 2049."""
    return tlv(0x18, text.encode()) if text >= "2050" else tlv(0x17, text[2:].encode())


# --- keys that follow from the seed


def stream(label):
    counter = 0
    while True:
        yield hashlib.sha512(SEED + b"|" + label.encode() + b"|" + counter.to_bytes(4, "big")).digest()
        counter += 1


def number(source, bit_count):
    data = b""
    while len(data) * 8 < bit_count:
        data += next(source)
    return int.from_bytes(data, "big") >> (len(data) * 8 - bit_count)


SMALL = [p for p in range(3, 2000) if all(p % q for q in range(2, int(p ** 0.5) + 1))]


def prime(source, bit_count):
    while True:
        # The two highest bits are 1: the product of two such primes has the full length.
        candidate = number(source, bit_count) | 3 << (bit_count - 2) | 1
        for _ in range(2000):
            if candidate % 65537 != 1 and all(candidate % p for p in SMALL) and is_prime(candidate):
                return candidate
            candidate += 2


def is_prime(n):
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in SMALL[:20]:
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


CURVES = {"p256": (ec.SECP256R1(), "1.2.840.10045.3.1.7"), "p384": (ec.SECP384R1(), "1.3.132.0.34"),
          "p521": (ec.SECP521R1(), "1.3.132.0.35"), "k256": (ec.SECP256K1(), "1.3.132.0.10")}
_keys = {}


def key(label, kind="p256"):
    """The private key of a label: rsa1024, rsa2047, rsa2048, …, p256, p384, p521, k256, ed25519."""
    if (label, kind) not in _keys:
        source = stream(kind + "/" + label)
        if kind.startswith("rsa"):
            bit_count = int(kind[3:])
            e = 65537
            p, q = prime(source, bit_count // 2), prime(source, bit_count - bit_count // 2)
            if bit_count % 2:  # both primes' top bits are set: shorten by taking one of half a bit less
                while (p * q).bit_length() != bit_count:
                    q = prime(source, bit_count // 2)
            d = pow(e, -1, (p - 1) * (q - 1))
            numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
            made = numbers.private_key(unsafe_skip_rsa_key_validation=True)
        elif kind == "ed25519":
            made = ed25519.Ed25519PrivateKey.from_private_bytes(next(source)[:32])
        else:
            curve = CURVES[kind][0]
            made = ec.derive_private_key(number(source, curve.key_size - 1) + 1, curve)
        _keys[(label, kind)] = made
    return _keys[(label, kind)]


def spki(private):
    return private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_identifier(private):
    return hashlib.sha256(spki(private)).digest()[:20]


# --- signatures

HASH = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512, "md5": hashes.MD5,
        "sha224": hashes.SHA224}
HASH_OID = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
            "sha512": "2.16.840.1.101.3.4.2.3", "sha224": "2.16.840.1.101.3.4.2.4"}
RSA_OID = {"md5": 4, "sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13, "sha224": 14}
ECDSA_OID = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3",
             "sha512": "1.2.840.10045.4.3.4"}


def pss_parameters(name, mask=None, salt=None, null=True, trailer=b""):
    hash_id = sequence(oid(HASH_OID[name]), NULL if null else b"")
    mask_id = sequence(oid("1.2.840.113549.1.1.8"), sequence(oid(HASH_OID[mask or name]), NULL if null else b""))
    length = hashlib.new(name).digest_size if salt is None else salt
    return sequence(explicit(0, hash_id), explicit(1, mask_id), explicit(2, integer(length)), trailer)


def algorithm(kind, name):
    """The AlgorithmIdentifier of rsa, pss, ecdsa or ed25519 with a hash."""
    if kind == "rsa":
        return sequence(oid(f"1.2.840.113549.1.1.{RSA_OID[name]}"), NULL)
    if kind == "pss":
        return sequence(oid("1.2.840.113549.1.1.10"), pss_parameters(name))
    if kind == "ecdsa":
        return sequence(oid(ECDSA_OID[name]))
    return sequence(oid("1.3.101.112"))


def default_algorithm(private):
    """The default (kind, hash) of a key's signatures."""
    if isinstance(private, rsa.RSAPrivateKey):
        return "rsa", "sha256"
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519", None
    return "ecdsa", {256: "sha256", 384: "sha384", 521: "sha512"}[private.curve.key_size]


def sign(private, kind, name, message):
    if kind == "rsa":
        if name in ("md5", "sha1"):  # recent libraries will not sign with them
            info = {"md5": "3020300c06082a864886f70d020505000410", "sha1": "3021300906052b0e03021a05000414"}[name]
            return rsa_private(private, b"\x00" + bytes.fromhex(info) + hashlib.new(name, message).digest(), pkcs1=True)
        return private.sign(message, padding.PKCS1v15(), HASH[name]())
    if kind == "pss":
        return pss_sign(private, name, message)
    if kind == "ecdsa":
        return private.sign(message, ec.ECDSA(HASH[name](), deterministic_signing=True))
    return private.sign(message)


def rsa_private(private, tail, pkcs1=False):
    n, d = private.public_key().public_numbers().n, private.private_numbers().d
    size = (n.bit_length() + 7) // 8
    em = b"\x00\x01" + b"\xff" * (size - len(tail) - 2) + tail if pkcs1 else tail
    return pow(int.from_bytes(em, "big"), d, n).to_bytes(size, "big")


def pss_sign(private, name, message):
    """RFC 8017 §9.1.1 with the salt 00 01 02 …"""
    bit_count = private.public_key().public_numbers().n.bit_length() - 1
    size = (bit_count + 7) // 8
    digest = hashlib.new(name, message).digest()
    salt = bytes(range(len(digest)))
    h = hashlib.new(name, bytes(8) + digest + salt).digest()
    db = bytes(size - len(salt) - len(h) - 2) + b"\x01" + salt
    mask, counter = b"", 0
    while len(mask) < len(db):
        mask += hashlib.new(name, h + counter.to_bytes(4, "big")).digest()
        counter += 1
    masked = bytearray(x ^ y for x, y in zip(db, mask))
    masked[0] &= 0xFF >> (8 * size - bit_count)
    return rsa_private(private, bytes(masked) + h + b"\xbc")


# --- names

ATTRIBUTES = {"CN": "2.5.4.3", "O": "2.5.4.10", "OU": "2.5.4.11", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8",
              "DC": "0.9.2342.19200300.100.1.25", "emailAddress": "1.2.840.113549.1.9.1"}
UTF8, PRINTABLE, IA5, BMP = 0x0C, 0x13, 0x16, 0x1E


def attribute(kind, value, tag=UTF8):
    return sequence(oid(ATTRIBUTES.get(kind, kind)), tlv(tag, value if isinstance(value, bytes) else value.encode()))


def name(*relative):
    """Each argument is (kind, value[, tag]) or a list of such for a name with several attributes."""
    sets = []
    for item in relative:
        encoded = sorted(attribute(*one) for one in (item if isinstance(item, list) else [item]))
        sets.append(tlv(0x31, b"".join(encoded)))
    return sequence(*sets)


def common_name(text):
    return name(("O", "Example"), ("CN", text))


# --- extensions


def extension(dotted, content, critical=False):
    return sequence(oid(dotted), TRUE if critical else b"", octets(content))


def basic_constraints(ca=True, length=None, critical=True):
    return extension("2.5.29.19", sequence(TRUE if ca else b"", b"" if length is None else integer(length)), critical)


def key_usage(*named, critical=True):
    names = ["digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign"]
    value = sum(0x80 >> names.index(one) for one in named)
    unused = (value & -value).bit_length() - 1 if value else 0
    return extension("2.5.29.15", bits(bytes([value]), unused) if value else bits(b""), critical)


PURPOSES = {"serverAuth": "1.3.6.1.5.5.7.3.1", "clientAuth": "1.3.6.1.5.5.7.3.2", "any": "2.5.29.37.0"}


def extended_key_usage(*named, critical=False):
    return extension("2.5.29.37", sequence(*(oid(PURPOSES[one]) for one in named)), critical)


def dns(text):
    return tlv(0x82, text if isinstance(text, bytes) else text.encode())


def ip(*parts):
    return tlv(0x87, bytes.fromhex("".join(parts)))


def mail(text):
    return tlv(0x81, text.encode())


def uri(text):
    return tlv(0x86, text.encode())


def directory(encoded):
    return tlv(0xA4, encoded)


def other_name():
    return tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3") + explicit(0, tlv(UTF8, b"user@example.com")))


def registered_id():
    return tlv(0x88, oid("1.2.3.4")[2:])


def subject_alt_name(*names, critical=False):
    return extension("2.5.29.17", sequence(*names), critical)


def name_constraints(permitted=(), excluded=(), critical=True, extra=b""):
    def subtrees(number, bases):
        return tlv(0xA0 | number, b"".join(sequence(base, extra) for base in bases)) if bases else b""
    return extension("2.5.29.30", sequence(subtrees(0, permitted), subtrees(1, excluded)), critical)


def subject_key(identifier):
    return extension("2.5.29.14", octets(identifier))


def authority_key(identifier, extra=b""):
    return extension("2.5.29.35", sequence(tlv(0x80, identifier), extra))


# --- certificates


def certificate(subject, issuer, public, signer, extensions=(), not_before="20260101000000Z", not_after="20270101000000Z",
                serial=None, version=3, using=None, algorithms=None, encoded_spki=None, raw_extensions=None, raw_version=None,
                raw_serial=None, raw_validity=None, extra=b"", damage=False):
    """One certificate in DER. `using` is (kind, hash); `algorithms` the two AlgorithmIdentifiers to write."""
    kind, hash_name = using or default_algorithm(signer)
    inner, outer = algorithms or (algorithm(kind, hash_name),) * 2
    if serial is None:
        digest = hashlib.sha256(subject + issuer + spki(public) + b"".join(extensions) + not_after.encode()).digest()
        serial = int.from_bytes(digest[:8], "big") | 1
    head = raw_version if raw_version is not None else b"" if version == 1 else explicit(0, integer(version - 1))
    if raw_extensions is None:
        raw_extensions = explicit(3, sequence(*extensions)) if extensions else b""
    signed = sequence(head, raw_serial or integer(serial), inner, issuer,
                      raw_validity or sequence(time(not_before), time(not_after)), subject, encoded_spki or spki(public), extra,
                      raw_extensions)
    signature = sign(signer, kind, hash_name, signed)
    if damage:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return sequence(signed, outer, bits(signature))


# --- files


def write(path, suite, source, licence, converter, cases, left_out=(), extra=(), check=False):
    """Writes Vectors/<path>, or compares with it. A case is a dict: comment, then the fields in their order, expect among them."""
    valid = sum(case["expect"] == "valid" for case in cases)
    lines = [f"#: suite      {suite}", f"#: source     {source}"] + [f"#: {line}" for line in extra]
    lines += [f"#: licence    {licence}", f"#: converter  Scripts/vectors/{converter}",
              f"#: cases      {len(cases)} (valid {valid}, invalid {len(cases) - valid})"]
    lines += [f"#: left-out   {count} ({reason})" for count, reason in left_out if count]
    width = max(len(field) for case in cases for field in case if field != "comment")
    for case in cases:
        lines += ["", f"# {case['comment']}"]
        for field, value in case.items():
            if field != "comment" and value is not None:
                shown = " ".join(one.hex() for one in value) if isinstance(value, list) else value.hex() if isinstance(value, bytes) else value
                lines.append(f"{field:{width}} = {shown}")
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    full = os.path.join(ROOT, "Vectors", path)
    if check:
        if not os.path.exists(full) or open(full).read() != text:
            sys.exit(f"Vectors/{path} is not what this converter makes")
    else:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)
    print(f"Vectors/{path}: {len(cases)} cases, {valid} valid, {sum(count for count, _ in left_out)} left out" + (", as committed" if check else ""))
