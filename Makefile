# The commands of the house. `make check` is what a change must pass; .ci/run runs it and what takes longer.

ARCHITECTURE ?= x86_64
BINARY = .build-$(ARCHITECTURE)/bootstrap

.PHONY: check test static release integration vectors secrets fuzz bench format setup

check: static test release vectors integration

setup:
	Scripts/setup

test:
	swift test

# What needs no build of the product: imports, format, generated files.
static:
	Scripts/check-imports
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	Scripts/make-sample --check
	Scripts/reasons --check
	Scripts/spec-index --check

release:
	Scripts/build-release $(ARCHITECTURE)
	Scripts/check-release $(BINARY)

vectors: release
	$(BINARY) vectors

integration: release
	python3 -m pytest -q -p no:cacheprovider Tests/Integration

# No branch and no address depends on a secret, under valgrind.
secrets:
	Scripts/check-secrets

# A minute for each target.
fuzz:
	Scripts/fuzz --seconds 60

bench: release
	Benchmarks/crypto
	Benchmarks/bootstrap

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks
