"""The table of test_tls.py: server × version × cipher × group × certificate. Each server listens on a port for each row.

A row's listener accepts only the parameters of the row, so the client must report exactly those as negotiated.
"""
import collections, json, os, socket, subprocess, threading, time

import tls_servers as servers
from conftest import ROOT
from tls_servers import need

KINDS = ["rsa2048", "rsa4096", "p256", "p384", "ed25519"]
CIPHERS = {"AES-128-GCM": ("AES_128_GCM_SHA256", "AES128-GCM-SHA256", 0x1301, 0xC02F, 0xC02B),
           "AES-256-GCM": ("AES_256_GCM_SHA384", "AES256-GCM-SHA384", 0x1302, 0xC030, 0xC02C),
           "ChaCha20": ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", 0x1303, 0xCCA8, 0xCCA9)}
GROUPS = {"X25519": ("X25519", 29), "P-256": ("prime256v1", 23), "P-384": ("secp384r1", 24)}


class Row(collections.namedtuple("Row", "server version cipher group kind")):
    """`cipher` is None if the server cannot be configured for one."""

    @property
    def key_type(self):
        return "RSA" if self.kind.startswith("rsa") else "ECDSA"

    @property
    def suite(self):
        name = CIPHERS[self.cipher][0]
        return f"TLS_{name}" if self.version == "1.3" else f"TLS_ECDHE_{self.key_type}_WITH_{name}"

    @property
    def openssl_suite(self):
        return self.suite if self.version == "1.3" else f"ECDHE-{self.key_type}-{CIPHERS[self.cipher][1]}"

    @property
    def code(self):
        return CIPHERS[self.cipher][2 if self.version == "1.3" else 3 if self.key_type == "RSA" else 4]


def rows(server, versions=("1.3", "1.2"), kinds=KINDS, without_cipher=()):
    """All rows of a server; in the versions of `without_cipher` the server selects the cipher."""
    return [Row(server, version, cipher, group, kind) for kind in kinds for version in versions
            for cipher in ([None] if version in without_cipher else CIPHERS) for group in GROUPS]


def ports(these):
    """Finds this many free ports at once: all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in these]
    numbers = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return dict(zip(these, numbers))


class Many:
    """Processes, or threads, that serve rows."""

    def __init__(self, listeners, path="/jwks.json"):
        self.listeners, self.path, self.processes, self.logs = listeners, path, [], []

    def run(self, command, folder, name, environment=None):
        self.logs.append(open(os.path.join(folder, name + ".log"), "wb"))
        self.processes.append(subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=self.logs[-1], stderr=self.logs[-1], env=environment))

    def wait(self):
        for port in self.listeners.values():
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                texts = [open(log.name, errors="replace").read()[-2000:] for log in self.logs]
                raise RuntimeError(f"nobody listens on {port}: {texts}")
        return self

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()
        for log in self.logs:
            log.close()


def openssl(folder, chains, these):
    many = Many(ports(these))
    for row, port in many.listeners.items():
        chain = chains[row.kind]
        many.run([need("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain.leaf, "-key", chain.key, "-cert_chain", chain.inner, "-HTTP", "-quiet",
                  "-tls" + row.version.replace(".", "_"), "-ciphersuites" if row.version == "1.3" else "-cipher", row.openssl_suite, "-groups", row.group],
                 os.path.join(folder, "raw"), f"openssl-{port}")
    return many.wait()


def nginx(folder, chains, these):
    many, blocks = Many(ports(these)), []
    for row, port in many.listeners.items():
        suites = f"ssl_conf_command Ciphersuites {row.suite};" if row.version == "1.3" else f"ssl_ciphers {row.openssl_suite};"
        blocks.append(f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {chains[row.kind].chain}; ssl_certificate_key {chains[row.kind].key};"
                      f" ssl_protocols TLSv{row.version}; ssl_ecdh_curve {GROUPS[row.group][0]}; {suites} root {folder}; }}")
    with open(os.path.join(folder, "table.conf"), "w") as f:
        f.write(servers.nginx_configuration(folder, "\n".join(blocks), connections=2048))
    many.run([need("nginx"), "-p", folder, "-c", os.path.join(folder, "table.conf")], folder, "nginx-table")
    return many.wait()


def gnutls(folder, chains, these):
    groups = {"X25519": "X25519", "P-256": "SECP256R1", "P-384": "SECP384R1"}
    many = Many(ports(these))
    for row, port in many.listeners.items():
        cipher = row.cipher if row.cipher != "ChaCha20" else "CHACHA20-POLY1305"
        many.run([need("gnutls-serv"), "--http", "--httpdata", "jwks.json", "-p", str(port), "--x509certfile", chains[row.kind].chain, "--x509keyfile", chains[row.kind].key,
                  "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{row.version}:-CIPHER-ALL:+{cipher}:-GROUP-ALL:+GROUP-{groups[row.group]}"], folder, f"gnutls-{port}")
    return many.wait()


def nss(folder, chains, these):
    """selfserv can serve every file of the machine, by its absolute path. In TLS 1.2 the certificate's own curve must be among the groups;
    the first group is selected, if it is as strong as the weaker of certificate and cipher."""
    many = Many(ports(these), os.path.join(folder, "jwks.json"))
    for kind in {row.kind for row in these}:
        database = os.path.join(folder, "nss-" + kind)
        os.makedirs(database)
        subprocess.run([need("certutil"), "-N", "-d", "sql:" + database, "--empty-password"], check=True)
        subprocess.run([need("pk12util"), "-i", chains[kind].bundle, "-d", "sql:" + database, "-W", "secret", "-K", ""], check=True, stdout=subprocess.DEVNULL)
    groups = {"X25519": "x25519", "P-256": "P256", "P-384": "P384"}
    for row, port in many.listeners.items():
        own = f",{row.kind.upper()}" if row.kind in ("p256", "p384") else ""
        many.run([need("selfserv"), "-d", "sql:" + os.path.join(folder, "nss-" + row.kind), "-n", "server", "-p", str(port), "-N", "-t", "2", "-G",
                  "-V", f"tls{row.version}:tls{row.version}", "-c", f":{row.code:04X}", "-I", groups[row.group] + own], folder, f"nss-{port}")
    return many.wait()


BOTAN = """allow_tls10=false
allow_tls11=false
allow_tls12=true
allow_dtls12=false
ciphers={cipher}
macs=AEAD
signature_hashes=SHA-512 SHA-384 SHA-256
signature_methods=ECDSA RSA
key_exchange_methods=ECDH
key_exchange_groups={group}
"""


def botan(folder, chains, these):
    """`botan tls_server` answers every ALPN with "echo/0.1", which was not offered: in this copy its name is http/1.1. It
    echoes the request, which is not a response: only the handshake can be checked."""
    program = os.path.join(folder, "botan")
    with open(need("botan"), "rb") as f:
        data = f.read()
    assert b"echo/0.1" in data
    with open(program, "wb") as f:
        f.write(data.replace(b"echo/0.1", b"http/1.1"))
    os.chmod(program, 0o755)
    ciphers = {"AES-128-GCM": "AES-128/GCM", "AES-256-GCM": "AES-256/GCM", "ChaCha20": "ChaCha20Poly1305"}
    groups = {"X25519": "x25519", "P-256": "secp256r1", "P-384": "secp384r1"}
    many = Many(ports(these))
    for row, port in many.listeners.items():
        policy = os.path.join(folder, f"botan-{port}.policy")
        with open(policy, "w") as f:
            f.write(BOTAN.format(cipher=ciphers[row.cipher], group=groups[row.group]))
        many.run([program, "tls_server", chains[row.kind].chain, chains[row.kind].key, f"--port={port}", f"--policy={policy}"], folder, f"botan-{port}")
    return many.wait()


def python_ssl(folder, chains, these):
    many = Many({})
    started = []
    for row in these:
        server = servers.python_ssl(folder, chains[row.kind], row.version, group=GROUPS[row.group][0], suite=row.openssl_suite if row.cipher else None)
        started.append(server)
        many.listeners[row] = server.port
    many.stop = lambda: [server.stop() for server in started]
    return many


def answer_with_tlslite(connection, body):
    connection.recv(4096)
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


def tlslite(folder, chains, these, answer=answer_with_tlslite, **settings_of_all):
    """tlslite-ng in this process; its arithmetic is Python's."""
    import tlslite.api as api
    with open(os.path.join(folder, "jwks.json"), "rb") as f:
        body = f.read()
    many, listeners, identities = Many({}), [], {}
    ciphers = {"AES-128-GCM": "aes128gcm", "AES-256-GCM": "aes256gcm", "ChaCha20": "chacha20-poly1305"}
    groups = {"X25519": "x25519", "P-256": "secp256r1", "P-384": "secp384r1"}
    for kind in {row.kind for row in these}:
        with open(chains[kind].chain) as certificates, open(chains[kind].key) as key:
            chain = api.X509CertChain()
            chain.parsePemList(certificates.read())
            identities[kind] = chain, api.parsePEMKey(key.read(), private=True)

    def serve(listener, row):
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            settings = api.HandshakeSettings()
            settings.minVersion = settings.maxVersion = (3, 4) if row.version == "1.3" else (3, 3)
            settings.cipherNames, settings.eccCurves, settings.keyShares = [ciphers[row.cipher]], [groups[row.group]], [groups[row.group]]
            for name, value in settings_of_all.items():
                setattr(settings, name, value)
            connection = api.TLSConnection(one)
            try:
                connection.handshakeServer(certChain=identities[row.kind][0], privateKey=identities[row.kind][1], settings=settings, alpn=[bytearray(b"http/1.1")])
                answer(connection, body)
                connection.close()
            except (OSError, api.TLSError, api.TLSAbruptCloseError, ValueError):
                # The client's side of the test reports the failure.
                one.close()

    for row in these:
        listeners.append(socket.create_server(("127.0.0.1", 0)))
        many.listeners[row] = listeners[-1].getsockname()[1]
        threading.Thread(target=serve, args=(listeners[-1], row), daemon=True).start()

    def stop():
        for listener in listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
    many.stop = stop
    return many


NODE = """const https=require('https'),fs=require('fs');
for (const o of JSON.parse(fs.readFileSync('node.json'))) https.createServer({cert:fs.readFileSync(o.chain),key:fs.readFileSync(o.key),minVersion:o.version,
  maxVersion:o.version,ciphers:o.suite,ecdhCurve:o.group},(q,s)=>{s.setHeader('Content-Type','application/json');s.end(fs.readFileSync('jwks.json'))}).listen(o.port,'127.0.0.1')"""


def describe(chains, many, name, folder, **further):
    with open(os.path.join(folder, name), "w") as f:
        json.dump([{"port": port, "chain": chains[row.kind].chain, "key": chains[row.kind].key, "version": "TLSv" + row.version, "suite": row.openssl_suite if row.cipher else "",
                    "group": GROUPS[row.group][0], "code": row.code if row.cipher else 0, "number": GROUPS[row.group][1]} for row, port in many.listeners.items()], f)


def node(folder, chains, these):
    many = Many(ports(these))
    describe(chains, many, "node.json", folder)
    many.run([need("node"), "-e", NODE], folder, "node")
    return many.wait()


GO = """package main
import ("crypto/tls"; "encoding/json"; "net/http"; "os"; "strconv")
type row struct { Port int; Chain, Key, Version string; Code uint16; Number tls.CurveID }
func main() {
	data, _ := os.ReadFile("go.json")
	var rows []row
	if err := json.Unmarshal(data, &rows); err != nil { panic(err) }
	for _, r := range rows {
		version := map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}[r.Version]
		config := &tls.Config{MinVersion: version, MaxVersion: version, CurvePreferences: []tls.CurveID{r.Number}}
		// Without HTTP/2: it would ask for suites of its own.
		if r.Code != 0 { config.CipherSuites = []uint16{r.Code} }
		server := &http.Server{Addr: "127.0.0.1:" + strconv.Itoa(r.Port), Handler: http.FileServer(http.Dir(".")), TLSConfig: config,
			TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
		go func(r row) { panic(server.ListenAndServeTLS(r.Chain, r.Key)) }(r)
	}
	select {}
}
"""


def go(folder, chains, these):
    program, cache = os.path.join(folder, "go-server"), os.path.join(ROOT, ".cache", "go-build")
    with open(os.path.join(folder, "server.go"), "w") as f:
        f.write(GO)
    subprocess.run([need("go"), "build", "-o", program, "server.go"], cwd=folder, check=True,
                   env={**os.environ, "GO111MODULE": "off", "GOCACHE": cache, "CGO_ENABLED": "0"})
    many = Many(ports(these))
    describe(chains, many, "go.json", folder)
    many.run([program], folder, "go")
    return many.wait()


JAVA = """import com.sun.net.httpserver.*; import javax.net.ssl.*; import java.io.*; import java.net.*; import java.nio.file.*; import java.security.*; import java.util.*;
public class S { public static void main(String[] a) throws Exception {
  byte[] body = Files.readAllBytes(Path.of("jwks.json")); Map<String, SSLContext> contexts = new HashMap<>();
  for (String line : Files.readAllLines(Path.of(a[0]))) { String[] r = line.split(" ");
    SSLContext c = contexts.get(r[1]);
    if (c == null) { KeyStore ks = KeyStore.getInstance("PKCS12"); ks.load(new FileInputStream(r[1]), "secret".toCharArray());
      KeyManagerFactory f = KeyManagerFactory.getInstance("PKIX"); f.init(ks, "secret".toCharArray());
      c = SSLContext.getInstance("TLS"); c.init(f.getKeyManagers(), null, null); contexts.put(r[1], c); }
    SSLParameters q = c.getDefaultSSLParameters(); q.setProtocols(new String[]{r[2]}); q.setCipherSuites(new String[]{r[3]});
    HttpsServer s = HttpsServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(r[0])), 0);
    s.setHttpsConfigurator(new HttpsConfigurator(c) { public void configure(HttpsParameters p) { p.setSSLParameters(q); } });
    s.createContext("/", e -> { e.sendResponseHeaders(200, body.length); e.getResponseBody().write(body); e.close(); }); s.start(); } } }
"""


def java(folder, chains, these):
    """The groups are set for the whole JVM: one process for each. It selects the client's first group. In TLS 1.2
    a certificate's own curve must be among them."""
    with open(os.path.join(folder, "S.java"), "w") as f:
        f.write(JAVA)
    subprocess.run([need("javac"), "S.java"], cwd=folder, check=True)
    many = Many(ports(these))
    names = ["x25519", "secp256r1", "secp384r1"]
    for start, group in enumerate(GROUPS):
        with open(os.path.join(folder, f"java-{group}"), "w") as f:
            f.writelines(f"{port} {chains[row.kind].bundle} TLSv{row.version} {row.suite}\n" for row, port in many.listeners.items() if row.group == group)
        many.run([need("java"), "-XX:TieredStopAtLevel=1", "-Djdk.tls.namedGroups=" + ",".join(names[start:]), "S", f"java-{group}"], folder, f"java-{group}")
    return many.wait()


# The rows that each server can be configured for. The cipher of TLS 1.3 cannot be selected in Python's ssl and Go; NSS and botan lack
# Ed25519 certificates; NSS and Java lack a few other rows, see there. The last value: whether a row is a process, so that not all start at once.
SERVERS = {
    "OpenSSL s_server": (openssl, rows("OpenSSL s_server"), True),
    "nginx": (nginx, rows("nginx"), False),
    "GnuTLS": (gnutls, rows("GnuTLS"), True),
    "NSS selfserv": (nss, [row for row in rows("NSS selfserv", kinds=KINDS[:4]) if row.version == "1.3" or row.kind in ("rsa2048", "p256")
                           or row.cipher == "AES-128-GCM" or row.group == "P-384"], True),
    "botan": (botan, rows("botan", versions=("1.2",), kinds=KINDS[:4]), True),
    "tlslite-ng": (tlslite, rows("tlslite-ng"), False),
    "Python ssl": (python_ssl, rows("Python ssl", without_cipher=("1.3",)), False),
    "Node": (node, rows("Node"), False),
    "Go": (go, rows("Go", without_cipher=("1.3",)), False),
    "Java 17": (java, [row for row in rows("Java 17") if (row.version, row.kind, row.group) != ("1.2", "p256", "P-384")], False),
}
