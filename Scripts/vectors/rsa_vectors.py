"""Shared by the RSA converters: an oracle in Python's integers that names the first failed check, and the writer.

The order of the checks is RFC 8017's, as Sources/RSA follows it; a source says only valid or invalid, and the converters
stop if the oracle's verdict is not the source's.
"""
import hashlib, os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
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
    valid = sum(case[-1] == "valid" for case in cases)
    lines = [f"#: suite      {suite}", f"#: source     {source}"] + [f"#: {line}" for line in extra]
    lines += [f"#: licence    {licence}", f"#: converter  Scripts/vectors/{converter}",
              f"#: cases      {len(cases)} (valid {valid}, invalid {len(cases) - valid})"]
    lines += [f"#: left-out   {count} ({reason})" for count, reason in left_out if count]
    for comment, n, e, name, salt, message, signature, expect in cases:
        lines += ["", f"# {comment}", f"modulus     = {shortest(n)}", f"exponent    = {shortest(e)}", f"hash        = {name}"]
        if salt is not None:
            lines.append(f"salt-length = {salt}")
        lines += [f"message     = {message.hex()}", f"signature   = {signature.hex()}", f"expect      = {expect}"]
    path = os.path.join(ROOT, "Vectors", path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write("\n".join(line.rstrip() for line in lines) + "\n")
    print(f"{os.path.relpath(path, ROOT)}: {len(cases)} cases, {valid} valid, {sum(c for c, _ in left_out)} left out")


def wheel(name, version):
    """The path of a wheel, fetched by name and version into the ignored cache."""
    folder = os.path.join(ROOT, ".cache", "packages")
    prefix = name.replace("-", "_") + "-" + version
    for _ in range(2):
        found = [f for f in os.listdir(folder) if f.startswith(prefix)] if os.path.isdir(folder) else []
        if found:
            return os.path.join(folder, found[0])
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"{name}=={version}"], check=True)
    sys.exit(f"no wheel of {name} {version}")


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()
