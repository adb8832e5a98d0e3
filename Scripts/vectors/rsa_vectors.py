"""Shared by the RSA converters: an oracle in Python's integers that names the first failed check, and the writer.

The order of the checks is RFC 8017's, as Sources/RSA follows it; a source says only valid or invalid, and the converters
stop if the oracle's verdict is not the source's.
"""
import hashlib

import vector_file

DIGEST_INFO = {"sha256": "3031300d060960864801650304020105000420", "sha384": "3041300d060960864801650304020205000430",
               "sha512": "3051300d060960864801650304020305000440"}


def key_refusal(n, e):
    """The reason that refuses a key of 1024 to 8192 bits (test vectors), or None."""
    if not 1024 <= n.bit_length() <= 8192:
        return "rsa_key_size"
    if n % 2 == 0:
        return "rsa_key_even_modulus"
    if e >= 1 << 32:
        return "rsa_key_exponent_too_large"
    if e % 2 == 0:
        return "rsa_key_even_exponent"
    return "rsa_key_exponent_too_small" if e < 3 else None


def recover(n, e, signature):
    size = (n.bit_length() + 7) // 8
    if len(signature) != size:
        return None, "rsa_signature_length"
    s = int.from_bytes(signature, "big")
    if s >= n:
        return None, "rsa_signature_range"
    return pow(s, e, n).to_bytes(size, "big"), None


def pkcs1v15(n, e, name, message, signature):
    refusal = key_refusal(n, e)
    if refusal:
        return refusal
    em, refusal = recover(n, e, signature)
    if refusal:
        return refusal
    t = bytes.fromhex(DIGEST_INFO[name]) + hashlib.new(name, message).digest()
    if len(em) < len(t) + 11:
        return "rsa_modulus_too_short"
    return "valid" if em == b"\x00\x01" + b"\xff" * (len(em) - 3 - len(t)) + b"\x00" + t else "rsa_signature_mismatch"


def mgf1(seed, length, name):
    out, counter = b"", 0
    while len(out) < length:
        out += hashlib.new(name, seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return out[:length]


def pss(n, e, name, message, signature, salt_length):
    refusal = key_refusal(n, e)
    if refusal:
        return refusal
    em, refusal = recover(n, e, signature)
    if refusal:
        return refusal
    bits = n.bit_length() - 1
    size = (bits + 7) // 8
    if len(em) > size:
        if em[0]:
            return "rsa_pss_leading_bits"
        em = em[1:]
    digest = hashlib.new(name, message).digest()
    if not 0 <= salt_length <= size - len(digest) - 2:
        return "rsa_pss_salt_length"
    if em[-1] != 0xBC:
        return "rsa_pss_trailer"
    masked, h = em[:-len(digest) - 1], em[-len(digest) - 1:-1]
    used = 0xFF >> 8 * size - bits
    if masked[0] & ~used:
        return "rsa_pss_leading_bits"
    db = bytearray(x ^ y for x, y in zip(masked, mgf1(h, len(masked), name)))
    db[0] &= used
    split = len(db) - salt_length - 1
    if any(db[:split]) or db[split] != 1:
        return "rsa_pss_padding"
    return "valid" if h == hashlib.new(name, bytes(8) + digest + bytes(db[split + 1:])).digest() else "rsa_pss_hash_mismatch"


def shortest(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big").hex()


def write(path, suite, source, licence, converter, cases, left_out=(), extra=()):
    """Writes Vectors/<path>. A case is (comment, n, e, hash, salt length or None, message, signature, expect)."""
    def fields(n, e, name, salt, message, signature, expect):
        salt_field = [] if salt is None else [("salt-length", str(salt))]
        return [("modulus", shortest(n)), ("exponent", shortest(e)), ("hash", name), *salt_field,
                ("message", message.hex()), ("signature", signature.hex()), ("expect", expect)]

    vector_file.write(path, suite, source, licence, converter, [(c[0], fields(*c[1:])) for c in cases], left_out, extra, width=11)
