"""Shared by the curve converters: oracles in Python's integers that name the first failed check, and the writer.

The order of the checks is that of Sources/EllipticCurves and Sources/KeyAgreement; a source says only valid or invalid,
and the converters stop if the oracle's verdict is not the source's.
"""
import hashlib

import vector_file


class Curve:
    """y^2 = x^3 - 3 x + b (SP 800-186 3.2.1)."""

    def __init__(self, name, p, n, b, gx, gy):
        self.name, self.p, self.n, self.b = name, p, n, b
        self.size = (p.bit_length() + 7) // 8
        self.g = (gx, gy)

    def contains(self, x, y):
        return (y * y - (x * x * x - 3 * x + self.b)) % self.p == 0

    def double(self, q):
        x, y, z = q
        p = self.p
        if not z or not y:
            return (1, 1, 0)
        s = 4 * x * y * y % p
        m = 3 * (x - z * z) * (x + z * z) % p
        nx = (m * m - 2 * s) % p
        return nx, (m * (s - nx) - 8 * pow(y, 4, p)) % p, 2 * y * z % p

    def add(self, a, b):
        p = self.p
        if not a[2]:
            return b
        if not b[2]:
            return a
        z1, z2 = a[2] * a[2] % p, b[2] * b[2] % p
        u1, u2 = a[0] * z2 % p, b[0] * z1 % p
        s1, s2 = a[1] * z2 * b[2] % p, b[1] * z1 * a[2] % p
        if u1 == u2:
            return self.double(a) if s1 == s2 else (1, 1, 0)
        h, r = u2 - u1, s2 - s1
        x = (r * r - h ** 3 - 2 * u1 * h * h) % p
        return x, (r * (u1 * h * h - x) - s1 * h ** 3) % p, h * a[2] * b[2] % p

    def multiply(self, k, point):
        """k times an affine point; None for infinity."""
        total, power = (1, 1, 0), (*point, 1)
        while k:
            if k & 1:
                total = self.add(total, power)
            power = self.double(power)
            k >>= 1
        return self.affine(total)

    def affine(self, q):
        if not q[2]:
            return None
        i = pow(q[2], -1, self.p)
        return q[0] * i * i % self.p, q[1] * i * i * i % self.p


P256 = Curve("P-256", 2**256 - 2**224 + 2**192 + 2**96 - 1,
             0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
             0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
             0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
             0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
P384 = Curve("P-384", 2**384 - 2**128 - 2**96 + 2**32 - 1,
             0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
             0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
             0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
             0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F)
P521 = Curve("P-521", 2**521 - 1,
             2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
             0x051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
             0x0C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66,
             0x11839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650)
CURVES = {c.name: c for c in (P256, P384, P521)}
for c in CURVES.values():
    assert c.contains(*c.g) and c.multiply(c.n, c.g) is None


def coordinate(curve, number):
    """At least the curve's length; longer only if the number is."""
    return number.to_bytes(max(curve.size, (number.bit_length() + 7) // 8), "big")


def public_key(curve, x, y):
    """The reason that refuses two coordinates (bytes), or None."""
    for one in (x, y):
        if len(one) != curve.size:
            return "curve_coordinate_length"
        if int.from_bytes(one, "big") >= curve.p:
            return "curve_coordinate_range"
    return None if curve.contains(int.from_bytes(x, "big"), int.from_bytes(y, "big")) else "curve_point_not_on_curve"


def ecdsa(curve, name, x, y, message, r, s):
    """x, y as bytes, r, s as integers: the key first, then FIPS 186-5 6.4.2."""
    refusal = public_key(curve, x, y)
    if refusal:
        return refusal
    if not 0 < r < curve.n:
        return "ecdsa_r_range"
    if not 0 < s < curve.n:
        return "ecdsa_s_range"
    digest = hashlib.new(name, message).digest()
    e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.n.bit_length())
    inverse = pow(s, -1, curve.n)
    a = curve.multiply(e * inverse % curve.n, curve.g)
    b = curve.multiply(r * inverse % curve.n, (int.from_bytes(x, "big"), int.from_bytes(y, "big")))
    total = curve.add((*a, 1) if a else (1, 1, 0), (*b, 1) if b else (1, 1, 0))
    point = curve.affine(total)
    return "valid" if point and point[0] % curve.n == r else "curve_signature_mismatch"


def ecdsa_raw(curve, name, x, y, message, signature):
    refusal = public_key(curve, x, y)
    if refusal:
        return refusal
    if len(signature) != 2 * curve.size:
        return "curve_signature_length"
    return ecdsa(curve, name, x, y, message, int.from_bytes(signature[:curve.size], "big"), int.from_bytes(signature[curve.size:], "big"))


def ecdh(curve, private, public):
    """(verdict, shared) for a private scalar (bytes) and an encoded point."""
    if len(private) != curve.size:
        return "agreement_private_key_length", b""
    d = int.from_bytes(private, "big")
    if not 0 < d < curve.n:
        return "agreement_private_key_range", b""
    if public == b"\0":
        return "curve_point_infinity", b""
    if not public or public[0] != 4:
        return "curve_point_format", b""
    if len(public) != 1 + 2 * curve.size:
        return "curve_point_length", b""
    x, y = public[1:1 + curve.size], public[1 + curve.size:]
    refusal = public_key(curve, x, y)
    if refusal:
        return refusal, b""
    point = curve.multiply(d, (int.from_bytes(x, "big"), int.from_bytes(y, "big")))
    return "valid", point[0].to_bytes(curve.size, "big")


Q = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q


def x25519(private, public):
    """RFC 7748 5: (verdict, shared)."""
    if len(public) != 32:
        return "agreement_peer_key_length", b""
    k = int.from_bytes(private, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(public, "little") & (1 << 255) - 1
    # (x : z) of two points of y^2 = x^3 + 486662 x^2 + x that differ by u.
    a, b = (1, 0), (u, 1)
    for t in reversed(range(255)):
        if k >> t & 1:
            a, b = b, a
        s, d = a[0] + a[1], a[0] - a[1]
        v, w = d * (b[0] + b[1]), s * (b[0] - b[1])
        b = (v + w) ** 2 % Q, u * (v - w) ** 2 % Q
        s, d = s * s % Q, d * d % Q
        a = s * d % Q, (s - d) * (s + 121665 * (s - d)) % Q
        if k >> t & 1:
            a, b = b, a
    shared = (a[0] * pow(a[1], Q - 2, Q) % Q).to_bytes(32, "little")
    return ("valid", shared) if any(shared) else ("agreement_zero_secret", b"")


def edwards_add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    c, d = (y1 - x1) * (y2 - x2) % Q, (y1 + x1) * (y2 + x2) % Q
    e, f = 2 * t1 * t2 * D % Q, 2 * z1 * z2 % Q
    return (d - c) * (f - e) % Q, (f + e) * (d + c) % Q, (f - e) * (f + e) % Q, (d - c) * (d + c) % Q


def edwards_multiply(k, point):
    total, power = (0, 1, 1, 0), point
    while k:
        if k & 1:
            total = edwards_add(total, power)
        power = edwards_add(power, power)
        k >>= 1
    return total


def edwards_point(y, sign):
    """RFC 8032 5.1.3: (refusal, extended point)."""
    if y >= Q:
        return "curve_coordinate_range", None
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if x * x % Q != square:
        x = x * pow(2, (Q - 1) // 4, Q) % Q
    if x * x % Q != square:
        return "curve_point_not_on_curve", None
    if x == 0 and sign:
        return "curve_sign_of_zero", None
    if x & 1 != sign:
        x = Q - x
    return None, (x, y, 1, x * y % Q)


BASE = edwards_point(4 * pow(5, -1, Q) % Q, 0)[1]


def edwards_encode(point):
    x, y, z, _ = point
    i = pow(z, -1, Q)
    return (y * i % Q | (x * i % Q & 1) << 255).to_bytes(32, "little")


def ed25519(key, message, signature):
    """RFC 8032 5.1.7 without the cofactor; keys of small order are refused."""
    if len(key) != 32:
        return "curve_key_length"
    a = int.from_bytes(key, "little")
    refusal, point = edwards_point(a & (1 << 255) - 1, a >> 255)
    if refusal:
        return refusal
    if edwards_encode(edwards_multiply(8, point)) == edwards_encode((0, 1, 1, 0)):
        return "curve_small_order"
    if len(signature) != 64:
        return "curve_signature_length"
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return "eddsa_s_range"
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, t = edwards_multiply(k, point)
    r = edwards_add(edwards_multiply(s, BASE), (-x % Q, y, z, -t % Q))
    return "valid" if edwards_encode(r) == signature[:32] else "curve_signature_mismatch"


class NotDER(Exception):
    pass


def strict_der_signature(data):
    """(r, s) of SEQUENCE { INTEGER, INTEGER } in DER, neither negative; NotDER for anything else."""
    def element(data, tag):
        if len(data) < 2 or data[0] != tag:
            raise NotDER
        length, start = data[1], 2
        if length >= 0x80:
            count = length & 0x7F
            if not 1 <= count <= 2 or len(data) < 2 + count or data[2] == 0:
                raise NotDER
            length, start = int.from_bytes(data[2:2 + count], "big"), 2 + count
            if length < 0x80:
                raise NotDER
        if len(data) < start + length:
            raise NotDER
        return data[start:start + length], data[start + length:]

    def integer(data):
        value, rest = element(data, 2)
        if not value or value[0] & 0x80 or (len(value) > 1 and value[0] == 0 and not value[1] & 0x80):
            raise NotDER
        return int.from_bytes(value, "big"), rest

    body, rest = element(data, 0x30)
    r, body = integer(body)
    s, body = integer(body)
    if rest or body:
        raise NotDER
    return r, s


def shortest(number):
    """Big-endian, at least one byte."""
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").hex()


def write(path, suite, source, licence, converter, cases, left_out=(), extra=()):
    """Writes Vectors/<path>, or compares. A case is (comment, {field: text})."""
    vector_file.write(path, suite, source, licence, converter, [(comment, list(fields.items())) for comment, fields in cases],
                      left_out, extra)
