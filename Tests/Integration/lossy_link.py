#!/usr/bin/env python3
"""Cold starts of the binary whose key server and name server are behind a link that loses packets. Prints its figures as JSON.

  lossy_link.py --loss 0.05 [--starts 120] [--names plain] [--seed N] [NAME=VALUE…]      further settings of the binary

Two network namespaces, each with a TUN device; a process carries the packets from one to the other and drops some, in both directions. The program
and its Runtime API are in the first, the servers in the second. A TUN device loses whole IP packets, as a network does: SYNs, datagrams, acknowledgements.
"""
import argparse, ctypes, fcntl, json, os, random, select, socket, ssl, stat, struct, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "operations")]
sys.dont_write_bytecode = True

import namespaces  # noqa: E402
sys.setswitchinterval(0.001)

CLIENT, SERVER, PORT = "10.77.0.1", "10.77.0.2", 8443
# Nobody has these addresses: what is sent to them is lost.
DEAD = ["10.77.0.6", "10.77.0.7", "10.77.0.8", "10.77.0.9"]
CLONE_NEWNET, MS_BIND = 0x40000000, 4096
TUN = "/dev/net/tun"
libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result:
        raise OSError(ctypes.get_errno(), what)


def up(name, address=None):
    """Gives an interface its address, and turns it on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        if address:
            for request, value in ((0x8916, address), (0x891C, "255.255.255.0")):  # SIOCSIFADDR, SIOCSIFNETMASK
                fcntl.ioctl(one, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(value)))
        fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", name, 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def tun(address):
    """A TUN device of this namespace with an address of the link."""
    if not os.path.exists(TUN):
        os.makedirs(os.path.dirname(TUN), exist_ok=True)
        os.mknod(TUN, 0o600 | stat.S_IFCHR, os.makedev(10, 200))
    descriptor = os.open(TUN, os.O_RDWR)
    fcntl.ioctl(descriptor, 0x400454CA, struct.pack("16sh22x", b"link", 0x1 | 0x1000))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
    up(b"link", address)
    up(b"lo")
    return descriptor


def carry(first, second, loss, seed, report):
    """Carries packets between two devices until the process is ended; `report`: where the counts are, for the parent."""
    chance, other = random.Random(seed), {first: second, second: first}
    carried = dropped = 0
    for descriptor in other:
        os.set_blocking(descriptor, False)
    poll = select.poll()
    for descriptor in other:
        poll.register(descriptor, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            try:
                while True:
                    packet = os.read(descriptor, 65536)
                    if chance.random() < loss:
                        dropped += 1
                    else:
                        carried += 1
                        os.write(other[descriptor], packet)
            except BlockingIOError:
                pass
        os.pwrite(report, struct.pack("QQ", carried, dropped), 0)


def serve(chain, body, names):
    """The key server and the name server, behind the link."""
    import soak_names
    soak_names.SERVES, soak_names.DEAD = SERVER, DEAD
    soak_names.NameServer(0, SERVER).mode = names
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.chain, chain.key)
    listener = socket.create_server((SERVER, PORT), backlog=1024)
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def converse(connection):
        try:
            connection.settimeout(60)
            with context.wrap_socket(connection, server_side=True) as secure:
                while secure.recv(65536):
                    secure.sendall(answer)
        except OSError:
            pass

    def run():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()


def start(folder, chain, body, names, loss, seed):
    """The link and the servers; the processes to end, and the file with the counts."""
    ours, theirs = socket.socketpair()
    server = os.fork()
    if server == 0:
        ours.close()
        check(libc.unshare(CLONE_NEWNET), "unshare")
        device = tun(SERVER)
        serve(chain, body, names)
        socket.send_fds(theirs, [b"x"], [device])
        while True:
            time.sleep(3600)
    theirs.close()
    _, (far,), _, _ = socket.recv_fds(ours, 1, 1)
    near = tun(CLIENT)
    report = os.open(os.path.join(folder, "counts"), os.O_RDWR | os.O_CREAT)
    os.pwrite(report, bytes(16), 0)
    carrier = os.fork()
    if carrier == 0:
        carry(near, far, loss, seed, report)
    os.close(near)
    os.close(far)
    return [server, carrier], report


def cold_start(command, settings, event, folder, number):
    """The answer to the first event, the seconds until the program asked for it, and the log."""
    from lambda_environment import Environment
    began = time.monotonic()
    environment = Environment(command, settings, os.path.join(folder, f"log-{number}"))
    try:
        asked = time.monotonic() - began
        body, _ = environment.ask(event)
        return json.loads(body), asked, environment.lines()
    finally:
        environment.stop()


def inside(options):
    from conftest import BINARY, ISSUER, RESOURCE, RUNNER, Issuer, allow, token_event
    from tls_servers import Chain
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "resolv.conf"), "w") as f:
            f.write(f"nameserver {SERVER}\n")
        target = os.path.realpath("/etc/resolv.conf")
        check(libc.mount(f.name.encode(), target.encode(), None, MS_BIND, None), "mount " + target)
        issuer, chain = Issuer(), Chain(folder, "p256", ("keys.test",))
        processes, report = start(folder, chain, json.dumps(issuer.key_set()).encode(), options.names, options.loss, options.seed)
        settings = {"RESOURCE": RESOURCE, "ISSUER": ISSUER, "JWKS_URI": f"https://keys.test:{PORT}/keys", "CA_BUNDLE": chain.root,
                    **dict(one.split("=", 1) for one in options.settings)}
        event, expected, results, begun = json.dumps(token_event(issuer.token())).encode(), allow("alice"), [None] * options.starts, time.monotonic()

        def one(number):
            results[number] = cold_start([*RUNNER, BINARY], settings, event, folder, number)

        threads = []
        for number in range(options.starts):
            threads.append(threading.Thread(target=one, args=(number,)))
            threads[-1].start()
            time.sleep(options.apart)
        for thread in threads:
            thread.join()
        carried, dropped = struct.unpack("QQ", os.pread(report, 16, 0))
        for process in processes:
            os.kill(process, 9)
            os.waitpid(process, 0)
        done = [result for result in results if result]
        failures = {}
        for _, _, lines in done:
            for line in lines:
                if line["message"] == "key fetch failed":
                    name = f"{line['stage']} {line['reason']}"
                    failures[name] = failures.get(name, 0) + 1
        print(json.dumps({
            "loss": options.loss, "seed": options.seed, "starts": options.starts, "answered": len(done), "errors": sum(answer != expected for answer, _, _ in done),
            "seconds": round(time.monotonic() - begun, 1), "longestStart": round(max(asked for _, asked, _ in done), 2), "carried": carried, "dropped": dropped,
            "failedTries": failures}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loss", type=float, required=True)
    parser.add_argument("--starts", type=int, default=120)
    parser.add_argument("--apart", type=float, default=0.02, help="seconds from one start to the next")
    parser.add_argument("--names", default="plain", help="the name server's behaviour (soak_names.py)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("settings", nargs="*")
    options = parser.parse_args()
    if options.inside:
        return inside(options)
    # The seed is in the arguments already, or drawn here.
    return subprocess.call([*namespaces.COMMAND, sys.executable, os.path.abspath(__file__), *sys.argv[1:],
                            "--seed", str(options.seed), "--inside"])


if __name__ == "__main__":
    sys.exit(main())
