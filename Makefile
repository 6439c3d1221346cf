# `make demo` and `make test` set up everything themselves. Needs Python 3.11 or newer, a C compiler, make.

PYTHON ?= python3
SECONDS ?= 60
JOBS := $(shell nproc 2>/dev/null || echo 2)
MAKEFLAGS += --no-print-directory --jobs=$(JOBS)

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --progress-bar off
PYTEST := $(PY) -m pytest
TYPED := native schemas translator $(wildcard registry bench tests/typed_usage.py)

C_ROOMS := native/src native/src/* native/src/*/*
C_SOURCES := $(wildcard $(C_ROOMS:=/*.c))
C_HEADERS := $(filter-out %/powers.h,$(wildcard native/include/*.h $(C_ROOMS:=/*.h)))
C_TESTS := $(patsubst tests/native/c/%.c,%,$(wildcard tests/native/c/test_*.c))
NATIVE := $(C_SOURCES) $(C_HEADERS) $(wildcard native/*.py)
PROTOS := $(wildcard schemas/neuron/*.proto schemas/neuron/*/*.proto)
C_FLAGS := -std=c11 -fvisibility=hidden -fno-math-errno -fPIC -Inative/include -Inative/src -Wall -Wextra
STRICT := -Wshadow -Wconversion -Wno-sign-conversion -Werror

# What is being done, and since when: on a slow machine a step takes minutes.
SAY = @date +'%T  '

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: help setup demo test heavy recipes check format lint types warnings bench conformance fuzz canary clean \
	test-c sanitize sanitize-c sanitize-python fuzz-long sanitize-long conformance-long

help:
	@echo 'make setup     the environment in $(VENV), with the C core built'
	@echo 'make demo      the main job: signals translated between formats'
	@echo 'make test      all tests'
	@echo 'make heavy     the tests that take long, which make test leaves out'
	@echo 'make recipes   three recipes of docs/adding.md, followed in a copy of the project'
	@echo 'make check     format, lint, types, warnings of the C compiler'
	@echo 'make conformance  the suites of others: Protobuf, JSON, MessagePack, Avro'
	@echo 'make bench     our times against the peers'"'"', into bench/results.json'
	@echo 'make fuzz      mutated messages for every reader, sanitized (SECONDS=$(SECONDS))'
	@echo 'make sanitize  the tests of the C core, sanitized (address, undefined)'
	@echo 'make test-c    the tests of the C core that need no Python'
	@echo 'make NAME-long fuzz, sanitize, conformance: the long form, its outcome into docs/runs/NAME.json'
	@echo 'make clean     all that was built, $(VENV) too'

# --- the environment ---

setup: $(VENV)/.built

$(VENV)/.installed: pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(SAY)'setup 1/3: an environment in $(VENV)'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(SAY)'setup 2/3: the libraries, from the package index (minutes, the first time)'
	@$(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	  > $(VENV)/build-requires.txt
	@$(PIP) -r $(VENV)/build-requires.txt
	@$(PIP) --no-build-isolation --editable '.[test,check,bench]'
	@touch $@

$(VENV)/.built: $(VENV)/.installed $(NATIVE) $(PROTOS)
	$(SAY)'setup 3/3: the C core is compiled'
	@$(PY) setup.py --quiet build_ext --inplace
	@$(PY) -c 'from schemas import neuron; neuron.prepare()'
	@touch $@

# --- the jobs ---

demo: setup
	$(SAY)'demo: real input, converted'
	@$(PY) examples/demo.py

test: setup test-c
	$(SAY)'test: all of it in $(JOBS) processes; without ../shared/data some tests skip and say so'
	@$(PYTEST) -n $(JOBS) --dist loadfile --no-loadscope-reorder -rs

heavy: setup
	$(SAY)'heavy: the tests that take long, and not the others'
	@$(PYTEST) -n $(JOBS) -m heavy -rs

recipes: setup
	$(SAY)'recipes: a format, a step and a store are added in copies of the project, by docs/adding.md'
	@$(PYTEST) -n $(JOBS) -m recipe tests/recipes

# What others test with: Protobuf's runners, and the tests that read what stands in ../shared/data.
SUITES := tests/conformance tests/translator/test_json_suite.py tests/translator/test_msgpack_suite.py \
	tests/schemas/test_avro.py tests/schemas/test_canonical.py tests/translator/containers/test_avro.py

conformance: setup
	$(SAY)'conformance: the suites of others; the runners are fetched the first time (two minutes)'
	@$(PYTEST) -n $(JOBS) -rs $(SUITES)
	@$(PY) -m tests.conformance.runners

bench: setup
	$(SAY)'bench: our times against the peers; without ../shared/data by events of our own'
	@$(PY) -m bench

# --- checks ---

check: format lint types warnings

C_FORMATTED := $(filter-out %/powers.h,$(C_SOURCES) $(C_HEADERS)) $(wildcard tests/native/c/*.[ch])

format: setup
	$(SAY)'format: the layout of C and Python'
	$(VENV)/bin/clang-format --dry-run -Werror $(C_FORMATTED)
	$(PY) -m ruff format --check .

lint: setup
	$(SAY)'lint: what ruff finds'
	$(PY) -m ruff check .

types: setup
	$(SAY)'types: the types, strictly'
	$(PY) -m mypy --strict $(TYPED)

warnings: native/src/values/powers.h
	$(SAY)'warnings: what the C compilers say'
	@for compiler in $(CC) $$(command -v clang); do \
	  for source in $(C_SOURCES); do \
	    $$compiler $(C_FLAGS) $(STRICT) -O2 -c $$source -o /dev/null || exit 1; \
	  done; \
	  echo "$$compiler: no warnings"; \
	done

# --- the C core by itself, in flavours: the plain one, and one under sanitizers ---

# Building the extension writes it.
native/src/values/powers.h: | $(VENV)/.built
	@test -e $@ || $(PY) native/powers.py > $@

# The plans of its tests are compiled as any plan is, and stand in headers.
IMAGES := $(patsubst %,build/images/%.h,alloc cbor json loop msgpack program protobuf)
build/images/%.h: $(VENV)/.built $(wildcard tests/native/*images.py) $(wildcard translator/plan/*.py translator/formats/*.py)
	@mkdir -p $(@D)
	$(PY) -m tests.native.images $* > $@

define flavour
build/$(1)/obj/%.o: native/src/%.c $$(C_HEADERS) native/src/values/powers.h
	@mkdir -p $$(@D)
	@echo 'cc $$@'; $$(CC) $$(C_FLAGS) $(2) -c $$< -o $$@

build/$(1)/test_%: tests/native/c/test_%.c $$(C_SOURCES:native/src/%.c=build/$(1)/obj/%.o) $$(wildcard tests/native/c/*.h) $(IMAGES)
	@echo 'cc $$@'; $$(CC) $$(C_FLAGS) $(2) -Itests/native/c -Ibuild $$(filter %.c %.o,$$^) -o $$@ -lm

run-$(1)-%: build/$(1)/%
	@summary=$$$$($$< 2>&1); status=$$$$?; echo "$$*: $$$$summary"; exit $$$$status
endef

SANITIZE := -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
$(eval $(call flavour,plain,-O2))
$(eval $(call flavour,sanitize,$(SANITIZE)))

test-c: $(addprefix run-plain-,$(C_TESTS))
sanitize-c: $(addprefix run-sanitize-,$(C_TESTS))

# --- the same with Python on top: a copy of native/ that comes before the real one on the path ---

ASAN := LD_PRELOAD=$(shell $(CC) -print-file-name=libasan.so) PYTHONMALLOC=malloc \
	ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1

build/_core.c: native/build.py $(C_HEADERS) $(VENV)/.installed
	@mkdir -p $(@D)
	@$(PY) -c 'import runpy; runpy.run_path("native/build.py")["ffibuilder"].emit_c_code("$@")'

define extension
	@mkdir -p $(@D)
	@cp native/*.py native/py.typed $(@D)
	@echo 'cc $@'; $(CC) $(C_FLAGS) $(SANITIZE) -Wno-missing-field-initializers -shared \
	  -I$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("include"))') $(filter %.c %.o,$^) -o $@ -lm
endef

build/sanitize/native/_core.abi3.so: build/_core.c $(C_SOURCES:native/src/%.c=build/sanitize/obj/%.o) $(wildcard native/*.py)
	$(extension)

sanitize: sanitize-c sanitize-python

# How many examples a property is tried on under sanitizers.
PROFILE ?= sanitize

sanitize-python: setup build/sanitize/native/_core.abi3.so
	$(SAY)'sanitize: the tests of the core and of the translator on the sanitized core'
	@$(ASAN) HYPOTHESIS_PROFILE=$(PROFILE) $(VENV)/bin/pytest -n $(JOBS) -o 'pythonpath=build/sanitize .' \
	  tests/native tests/translator tests/test_vectors.py --ignore tests/translator/cli --ignore tests/native/test_scalar.py

fuzz: setup build/sanitize/native/_core.abi3.so
	$(SAY)'fuzz: $(SECONDS) seconds in $(JOBS) processes'
	@$(ASAN) PYTHONPATH=build/sanitize:. $(PY) tests/fuzz/fuzz_readers.py --seconds $(SECONDS) --jobs $(JOBS)

# The fuzzer is worth nothing if it can't find a bug: here is one, a string's length that nothing checks.
PLANTED := H9_UNLIKELY(n > c->end - p)

build/canary/avro_read.c: native/src/formats/avro/read.c
	@mkdir -p $(@D)
	@test "$$(grep -cF '$(PLANTED)' $<)" = 1 || { echo 'the canary has lost its check in $<'; exit 1; }
	@sed 's/$(PLANTED)/0/' $< > $@

build/canary/native/_core.abi3.so: build/_core.c build/canary/avro_read.c \
		$(patsubst native/src/%.c,build/sanitize/obj/%.o,$(filter-out native/src/formats/avro/read.c,$(C_SOURCES))) $(wildcard native/*.py)
	$(extension)

canary: setup build/canary/native/_core.abi3.so
	$(SAY)'canary: the fuzzer looks for a planted bug'
	@$(ASAN) PYTHONPATH=build/canary:. $(PY) tests/fuzz/fuzz_readers.py --seconds 60 --jobs $(JOBS) --canary

# --- the long forms, by hand: what came of one is committed with the commit that it was run on (docs/runs/README.md) ---

LONG_SECONDS ?= 3600

fuzz-long:
	@$(PY) -m tests.long_run fuzz -- $(MAKE) fuzz SECONDS=$(LONG_SECONDS)

sanitize-long:
	@$(PY) -m tests.long_run sanitize -- $(MAKE) sanitize PROFILE=ci

conformance-long:
	@$(PY) -m tests.long_run conformance -- $(MAKE) conformance

clean:
	rm -rf build dist demo-out .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info $(VENV)
	rm -f native/_core.c native/src/values/powers.h native/*.so schemas/neuron/*.binpb bench/results.json
	find native schemas translator registry tests bench examples -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
