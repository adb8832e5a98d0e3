# The commands of the house. `make check` is what a change must pass; .ci/run runs it and what takes longer; `make
# nightly` has the full counts of what .ci/run samples.

ARCHITECTURE ?= x86_64
BINARY = .build-$(ARCHITECTURE)/bootstrap

.PHONY: check test static binary release reproducible zips deploy integration vectors secrets threads answers mutations
.PHONY: small-words coverage nightly soak fuzz bench format setup

check: static test binary vectors integration deploy

setup:
	Scripts/setup

test:
	swift test

# What needs no build of the product: imports, format, generated files.
static:
	Scripts/check-imports
	Scripts/check-graph
	Scripts/check-graph --self-test
	Scripts/check-core
	Scripts/check-core --self-test
	Scripts/check-references
	Scripts/check-references --self-test
	Scripts/check-logs
	Scripts/check-language
	Scripts/check-language --self-test
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	ruff check --isolated --quiet --select E9,F --ignore F403,F405 . $$(git grep -lE '^#!.*python3')
	Scripts/make-sample --check
	Scripts/reasons --check
	Scripts/spec-index --check

# The binary of this tree, for tests and benchmarks; ARCHITECTURE=arm64 for the other one.
binary:
	Scripts/build-release $(ARCHITECTURE)
	Scripts/check-release $(BINARY)

# What users upload: dist/, from the last commit.
release:
	Scripts/release

# Every build of this commit gives the same dist/.
reproducible:
	Scripts/check-reproducible

# The zips of dist/: their form, their branches, their vectors, and the sample events under the emulator.
zips:
	Scripts/check-zips

# The templates of Deploy/ and the settings that they name.
deploy:
	Scripts/check-deploy

vectors: binary
	$(BINARY) vectors

integration: binary
	python3 -m pytest -q -p no:cacheprovider Tests/Integration

# No data race with many loops, under the thread sanitizer.
threads:
	Scripts/check-threads

# No branch and no address depends on a secret, under valgrind.
secrets:
	Scripts/check-secrets

# No answer allows a call that its decision refuses, or the reverse, compared with a reference; planted faults are found.
answers:
	Scripts/check-answers --planted
	Scripts/check-answers

# Eight changes of what makes answers, policies and decisions about routes: each is found by a unit test.
mutations:
	Scripts/check-mutations --count 8

# The integers with limbs of 8 bits, over as many operands as half a minute allows.
small-words:
	Scripts/check-small-words

# Lines of each module that `swift test` reaches, with their limits.
coverage:
	Scripts/coverage

# The full counts, some hours on two cores. Seeds are random and printed.
nightly: binary coverage
	Scripts/check-answers --planted
	Scripts/check-answers --decisions 20000
	Scripts/check-answers --table
	Scripts/check-mutations
	KEY_MODEL_DEPTH=12 swift test --filter KeyWaitModelTests
	Scripts/check-small-words --planted
	Scripts/check-small-words --full
	Benchmarks/event-work
	$(MAKE) soak
	Scripts/differential-bigint --count 200000
	Scripts/differential-rsa --keys 40 --count 20000
	Scripts/differential-curves
	Scripts/differential-mldsa --count 3000
	Scripts/differential-x509 --count 20000
	Scripts/differential-routes --sets 4000
	Scripts/differential-claims --count 50000
	Scripts/fuzz --seconds 300

# Twenty minutes under load and faults.
soak: binary
	Scripts/build-clock
	Tests/Integration/operations/soak.py --clock .build-clock/bootstrap --seconds 300 --loops 1,16,64,1000

# A minute for each target.
fuzz:
	Scripts/fuzz --seconds 60

bench: binary
	Benchmarks/crypto
	Benchmarks/bootstrap
	Benchmarks/routes
	Benchmarks/event-work
	Benchmarks/tls
	Benchmarks/flood
	Benchmarks/loops

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks
