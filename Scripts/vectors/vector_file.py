"""Shared by the converters: the writer of Vectors/*, and packages fetched by name and version.

With --check a converter writes nothing, and fails if a committed file differs from its output.
"""
import atexit, hashlib, os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECK = "--check" in sys.argv
different = []


def write(path, suite, source, licence, converter, cases, left_out=(), extra=(), width=0):
    """Writes Vectors/<path>. A case is (comment, [(name, value), …]); a valid one has no `expect`, or `expect = valid`."""
    def is_valid(fields):
        return dict(fields).get("expect", "valid") == "valid"

    valid = sum(is_valid(fields) for _, fields in cases)
    lines = [f"#: suite      {suite}", f"#: source     {source}"] + [f"#: {line}" for line in extra]
    lines += [f"#: licence    {licence}", f"#: converter  Scripts/vectors/{converter}",
              f"#: cases      {len(cases)} (valid {valid}, invalid {len(cases) - valid})"]
    lines += [f"#: left-out   {count} ({reason})" for count, reason in left_out if count]
    longest = max((len(name) for _, fields in cases for name, _ in fields), default=0)
    width = max(width, longest)
    for comment, fields in cases:
        lines += ["", f"# {comment}"]
        lines += [f"{name:<{width}} = {value}".rstrip() for name, value in fields]
    finish(path, "\n".join(line.rstrip() for line in lines) + "\n", f"{len(cases)} cases, {valid} valid, {sum(c for c, _ in left_out)} left out")


def finish(path, text, summary):
    """Writes a file, or compares it."""
    target = os.path.join(ROOT, "Vectors", path)
    if CHECK:
        committed = open(target).read() if os.path.exists(target) else None
        if committed != text:
            different.append(path)
        print(f"Vectors/{path}: {'as committed' if committed == text else 'DIFFERENT'}; {summary}")
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w") as f:
        f.write(text)
    print(f"Vectors/{path}: {summary}")


@atexit.register
def report():
    if different:
        print("not as committed: " + ", ".join(different), file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)


def package(name, version, kind="wheel"):
    """The path of a package's file, fetched by name and version into the ignored cache."""
    folder = os.path.join(ROOT, ".cache", "packages")
    prefix = name.replace("-", "_") + "-" + version
    source = ["--no-binary", name] if kind == "sdist" else []
    for _ in range(2):
        found = [f for f in os.listdir(folder) if f.startswith(prefix)] if os.path.isdir(folder) else []
        if found:
            return os.path.join(folder, found[0])
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", *source, "-d", folder, f"{name}=={version}"], check=True)
    sys.exit(f"no package {name} {version}")


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()
