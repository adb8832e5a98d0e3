# The commands of the house. `make check` is what a change must pass; .ci/run runs it and what takes longer.

ARCHITECTURE ?= x86_64
BINARY = .build-$(ARCHITECTURE)/bootstrap

.PHONY: check test static binary release reproducible zips deploy integration vectors secrets threads fuzz bench format setup

check: static test binary vectors integration deploy

setup:
	Scripts/setup

test:
	swift test

# What needs no build of the product: imports, format, generated files.
static:
	Scripts/check-imports
	Scripts/check-logs
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
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

# dist/ is what anybody gets from this commit.
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

# A minute for each target.
fuzz:
	Scripts/fuzz --seconds 60

bench: binary
	Benchmarks/crypto
	Benchmarks/bootstrap
	Benchmarks/routes
	Benchmarks/tls
	Benchmarks/flood
	Benchmarks/loops

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks
