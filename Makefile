# attimo. `make help` lists what there is; `make V=1` shows the commands.
#
# SAN=address (AddressSanitizer and UBSan, the default of the tests), thread, or none (the default of the
# program). Objects of each kind live in build/<kind>; build/attimo is the program.

SAN    ?= none
CC     := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
BUILD  := build/$(notdir $(firstword $(CC)))-$(SAN)
Q      := $(if $(V),,@)

PKGS     := libuv libbrotlienc zlib md4c-html yaml-0.1 libsodium libutf8proc gumbo
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

# llhttp: the system's library where there is one, else the C sources of Debian 12's node-llhttp. That one is
# strict only when built so.
ifeq ($(shell pkg-config --exists libllhttp 2>/dev/null && echo yes),yes)
LLHTTP_CFLAGS := $(shell pkg-config --cflags libllhttp)
LLHTTP_LIBS   := $(shell pkg-config --libs libllhttp)
else
LLHTTP_DIR    := /usr/share/llhttp
LLHTTP_CFLAGS := -isystem $(LLHTTP_DIR) -isystem /usr/share/include/llhttp -DLLHTTP_STRICT_MODE=1
LLHTTP_OBJS   := $(BUILD)/llhttp/api.o $(BUILD)/llhttp/http.o $(BUILD)/llhttp/llhttp.o
endif

# Link-time optimisation is worth a tenth of a request; clang would need another linker for it.
# What reads heads, writes tokens and tells ends of lines apart does so with SSE 4.2, twice as fast; Intel has it since 2008,
# AMD since 2011, and src/cli/cli.c refuses to run without.
SSE         := $(if $(filter x86_64,$(shell uname -m)),-msse4.2)
LTO         := $(if $(findstring clang,$(CC)),,-flto=auto)
SAN_none    := -O3 $(LTO) -fstack-protector-strong -D_FORTIFY_SOURCE=2
SAN_address := -O1 -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer
SAN_thread  := -O1 -fsanitize=thread -fno-omit-frame-pointer
SAN_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=all
SAN_coverage := -O1 -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping
SAN_FLAGS   := $(SAN_$(SAN))

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wno-missing-field-initializers -Werror
CPPFLAGS += -D_GNU_SOURCE -Isrc
CFLAGS   ?= -g
ALL_CFLAGS = -std=c11 $(CFLAGS) $(SAN_FLAGS) $(WARNINGS) -fPIE -pthread $(PKG_CFLAGS) $(LLHTTP_CFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(SAN_FLAGS) -pie -pthread -Wl,-z,relro,-z,now
ALL_LIBS = $(LLHTTP_LIBS) $(PKG_LIBS) -lm

SRCS     := $(filter-out src/main.c,$(wildcard src/*/*.c))
OBJS     := $(SRCS:%.c=$(BUILD)/%.o) $(BUILD)/theme_css.o $(BUILD)/report_look.o $(BUILD)/capture_js.o $(LLHTTP_OBJS)
SUPPORT  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
UNIT     := $(patsubst tests/%.c,%,$(wildcard tests/unit/*.c))
E2E      := $(patsubst tests/%.c,%,$(wildcard tests/e2e/*.c))
T        ?= $(E2E) $(UNIT)
FUZZ     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
C_FILES  := $(wildcard $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' 2>/dev/null))

.DEFAULT_GOAL := build/attimo
.SECONDARY:
.PHONY: help run upgrade-test test test-bins check-tests test-nginx check-nginx test-service check-service test-systemd test-hostile check-hostile test-commonmark \
        check-commonmark test-html check-html test-browser pictures check-browser test-bare \
        test-coverage test-interop lint layers format format-check fuzz fuzz-coverage crash faults abuse soak bench bench-count \
        bench-publish \
        bench-export bench-insight bench-record bench-recovery nightly install clean FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## install what is missing, build, serve pages/ on http://127.0.0.1:8080
	@.ci/install run
	@$(MAKE) --no-print-directory build/attimo
	@exec build/attimo serve $(ARGS)

test: ## install what is missing, run all tests, sanitized (T=unit/str F='*pattern*' for some, SAN=thread)
	@.ci/install test
	@tests/support/npm.sh tests/injection || true
	@$(MAKE) --no-print-directory check-tests SAN=$(if $(filter none,$(SAN)),address,$(SAN))

test-nginx: ## attimo behind Debian's nginx with nginx.conf.example
	@.ci/install test
	@$(MAKE) --no-print-directory check-nginx SAN=$(if $(filter none,$(SAN)),address,$(SAN))

test-hostile: ## framing attacks with a hidden event, ways out of pages/: raw and through nginx (COUNT=500 at random)
	@.ci/install test
	@$(MAKE) --no-print-directory check-hostile SAN=$(if $(filter none,$(SAN)),address,$(SAN))

test-service: ## what is installed: manual, version, systemd units; and the program under their filter of system calls
	@.ci/install service
	@$(MAKE) --no-print-directory SAN=none build/attimo
	@$(MAKE) --no-print-directory SAN=address check-service

test-systemd: ## attimo under systemd as the first process of an emulated Debian (root, some minutes)
	@.ci/install run
	@.ci/install machine || true
	@.ci/install kernel
	@$(MAKE) --no-print-directory SAN=none build/attimo
	@tests/systemd/run.sh

test-commonmark: ## the examples of the CommonMark specification
	@.ci/install commonmark
	@$(MAKE) --no-print-directory check-commonmark SAN=$(if $(filter none,$(SAN)),address,$(SAN))

test-html: ## every HTML document below /usr/share/doc through the page compiler
	@.ci/install test
	@$(MAKE) --no-print-directory check-html SAN=$(if $(filter none,$(SAN)),address,$(SAN))

test-browser: ## the sample pages in Chromium, on a phone's screen, through nginx; a visit with WebKit (SHORT=1: fewer scores)
	@.ci/install browser
	@.ci/install webkit || true
	@$(MAKE) --no-print-directory check-browser

pictures: ## the same, and docs/img/ gets new pictures of the pages
	@.ci/install browser
	@$(MAKE) --no-print-directory check-browser PICTURES=docs/img

test-coverage: ## 200 months of a shop: how often the true rate lies in the printed interval
	@.ci/install test
	@$(MAKE) --no-print-directory build/attimo build/bench/shop
	@python3 tests/coverage/months.py build/attimo build/bench/shop 200 12000

test-interop: ## the commands of docs/events.md: jq, SQLite, DuckDB, ClickHouse; and funnels against ClickHouse's
	@.ci/install interop
	@$(MAKE) --no-print-directory build/attimo build/bench/shop
	@tests/interop/run.sh build/attimo build/bench/shop

test-bare: ## `make run` and `make test` in a bare Debian 12 (root, some minutes)
	@.ci/install bare
	@tests/bare/run.sh

crash: ## kill the server N times (1000) under load, and look for each event that it had acknowledged
	@.ci/install test
	@$(MAKE) --no-print-directory build/attimo
	@python3 -B tests/crash/crash.py build/attimo $(or $(N),1000) --power $$((($(or $(N),1000) + 9) / 10))

faults: ## make the journal's disk fail under the real server
	@.ci/install test
	@$(MAKE) --no-print-directory build/attimo $(BUILD)/tests/crash/disk.so
	@python3 -B tests/crash/faults.py build/attimo $(BUILD)/tests/crash/disk.so

upgrade-test: ## take over N times (10) from the server under load, directly and through nginx, and lose nothing
	@.ci/install test
	@$(MAKE) --no-print-directory build/attimo
	@ATTIMO=build/attimo tests/upgrade/run.sh $(or $(N),10)

abuse: ## maltreat the server, and look after its other visitors (SHORT=1: some seconds, times not judged)
	@.ci/install abuse
	@$(MAKE) --no-print-directory $(BUILD)/attimo build/bench/openloop $(BUILD)/tests/abuse/attack
	@python3 -B tests/abuse/abuse.py $(BUILD)/attimo $(BUILD)/tests/abuse/attack build/bench/openloop $(if $(SHORT),--short)

soak: ## months in MINUTES (10): everything at once, first with AddressSanitizer, then plain; is it flat?
	@.ci/install test
	@$(MAKE) --no-print-directory SAN=address build/gcc-address/attimo
	@$(MAKE) --no-print-directory SAN=none CC=gcc build/attimo build/bench/openloop
	@python3 -B tests/soak/soak.py $$(awk 'BEGIN { print 60 * $(or $(MINUTES),10) }') build/bench/openloop \
	    build/gcc-address/attimo build/attimo

$(BUILD)/tests/abuse/attack: $(BUILD)/tests/abuse/attack.o
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

$(BUILD)/tests/crash/disk.so: tests/crash/disk.c Makefile
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 $(CFLAGS) $(WARNINGS) -fPIC -shared -pthread -o $@ $< -ldl

bench: ## compare with nginx, h2o, lighttpd and caddy; some minutes (SHORT=1: one, to try it; LOGS=off: nobody logs)
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo $(BENCH)
	@bench/run.sh $(if $(SHORT),--quick)

bench-count: ## count the instructions of a request, user and kernel, in an emulated machine; about five minutes
	@.ci/install bench
	@.ci/install kernel
	@$(MAKE) --no-print-directory build/attimo $(BENCH)
	@bench/count.sh

bench-publish: ## from saving a page to its being live; about two minutes
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo build/bench/publish build/bench/openloop build/bench/takedown
	@bench/publish.sh

bench-record: ## what recording costs and bears; about five minutes
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo build/bench/openloop build/bench/limit build/bench/slow_sync.so
	@bench/record.sh

bench-export: ## how fast `attimo export` is, beside cat; about a minute
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo build/bench/shop
	@python3 bench/export.py build/attimo build/bench/shop

bench-recovery: ## how long a start takes behind a server that was killed with 1 GB in its newest segment; half a minute
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo build/bench/shop
	@python3 bench/recovery.py build/attimo build/bench/shop

bench-insight: ## funnels and reports beside DuckDB on the same file; some minutes, 12 GB below TMPDIR
	@.ci/install bench
	@$(MAKE) --no-print-directory build/attimo build/bench/shop
	@bench/insight.sh

PREFIX ?= /usr/local
DOC     = $(DESTDIR)$(PREFIX)/share/doc/attimo
UNITS   = $(DESTDIR)$(PREFIX)/lib/systemd/system
MAN     = $(DESTDIR)$(PREFIX)/share/man/man1
# What the documents link to, where they find it.
LINKED  = src/README.md src/site/theme.css tests/fuzz/README.md tests/e2e/table/README.md $(wildcard bench/results/*.md bench/results/*.svg)

# Builds nothing: under sudo that would leave files of root behind.
install: ## after `make`: program, manual, documents, examples and units below PREFIX (/usr/local) and DESTDIR
	@test -x build/attimo || { echo 'There is no build/attimo: run `make` first.'; exit 1; }
	install -D -m 755 build/attimo $(DESTDIR)$(PREFIX)/bin/attimo
	install -d $(DOC)/docs/img $(UNITS) $(MAN)
	install -m 644 *.md *.example LICENSE $(DOC)
	install -m 644 docs/*.md $(DOC)/docs
	install -m 644 docs/img/* $(DOC)/docs/img
	for file in $(LINKED); do install -D -m 644 $$file $(DOC)/$$file || exit 1; done
	install -m 644 attimo.socket.example $(UNITS)/attimo.socket
	sed 's,/usr/local,$(PREFIX),g' attimo.service.example > $(UNITS)/attimo.service
	sed "s,/usr/local,$(PREFIX),g; s/^\.Os$$/& $$(build/attimo --version)/" docs/attimo.1 > $(MAN)/attimo.1
	chmod 644 $(UNITS)/attimo.service $(MAN)/attimo.1

# --- the program ---------------------------------------------------------------------------------------------

build/attimo: $(BUILD)/attimo
	$(Q)cp $< $@.new && mv $@.new $@

$(BUILD)/attimo: $(BUILD)/src/main.o $(OBJS)
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Somebody else's code: without our warnings.
$(BUILD)/llhttp/%.o: $(LLHTTP_DIR)/%.c Makefile
	@mkdir -p $(@D)
	@echo "  cc    llhttp/$*.c"
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(SAN_FLAGS) -w -fPIE $(LLHTTP_CFLAGS) \
	    $(SSE) -c -o $@ $<

$(BUILD)/src/http/%.o $(BUILD)/src/capture/token.o $(BUILD)/src/insight/line_ending.o: CPPFLAGS += $(SSE)

# The version is compiled into one file, which follows git's answer.
$(BUILD)/src/cli/version.o: CPPFLAGS += -DATTIMO_VERSION='"$(VERSION)"'
$(BUILD)/src/cli/version.o: $(BUILD)/version
$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@

# The theme's style sheet as a C string: without comments, indentation and line ends. A string of more than 4095
# bytes is an error (-Woverlength-strings), and so is a sheet that large.
$(BUILD)/theme_css.c: src/site/theme.css Makefile
	@mkdir -p $(@D)
	$(Q)sed -e '1i #include "site/theme_css.h"\nconst char theme_css[] =' -e '$$a ;' \
	    -e 's,/\*.*\*/,,; s/^ *//; s/ {$$/{/; s/: /:/; s/, /,/g; /^$$/d; s/["\\]/\\&/g; s/.*/"&"/' $< > $@

# The capture script, the same way; what is left of it must stay below 1 kB of a compressed page (tests/unit/capture_slot.c).
$(BUILD)/capture_js.c: src/site/capture.js src/site/capture.awk
	@mkdir -p $(@D)
	$(Q)awk -f src/site/capture.awk $< > $@.new && mv $@.new $@

$(BUILD)/theme_css.o $(BUILD)/capture_js.o: %.o: %.c
	@echo "  cc    $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# The style sheet and the script of a report, as lists of lines.
$(BUILD)/report_look.c: src/cli/report.css src/cli/report.js Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "cli/report_look.h"'; for kind in css js; do \
	    echo "const char *const report_$$kind[] = {"; \
	    sed -e 's/^ *//; /^$$/d; s/["\\]/\\&/g; s/.*/"&\\n",/' src/cli/report.$$kind; echo '0};'; done; } > $@

$(BUILD)/report_look.o: $(BUILD)/report_look.c
	@echo "  cc    $<"
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# The program with a clock on its wall that a test holds (tests/clock/held.c says how). All else is the same.
$(BUILD)/attimo-held-clock: $(BUILD)/src/main.o $(OBJS) $(BUILD)/tests/clock/held.o
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--wrap=clock_gettime,--wrap=time -o $@ $^ $(ALL_LIBS)

# The same with memory that a test makes scarce (tests/memory/scarce.c).
$(BUILD)/attimo-scarce-memory: $(BUILD)/src/main.o $(OBJS) $(BUILD)/tests/memory/scarce.o
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup -o $@ $^ $(ALL_LIBS)

# The same with somebody inside who tries what he can reach (tests/confinement/probe.c).
$(BUILD)/attimo-probed: $(BUILD)/src/main.o $(OBJS) $(BUILD)/tests/confinement/probe.o
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# --- the benchmark's own programs ----------------------------------------------------------------------------

BENCH := $(addprefix build/bench/,limit rung openloop lockstep idle loop publish takedown)
build/bench/limit: $(BUILD)/bench/limit.o $(BUILD)/bench/client.o
build/bench/openloop: $(BUILD)/bench/openloop.o $(BUILD)/bench/client.o $(BUILD)/bench/histogram.o
build/bench/idle: $(BUILD)/bench/idle.o $(BUILD)/bench/client.o
build/bench/lockstep: $(BUILD)/bench/lockstep.o $(BUILD)/bench/client.o
build/bench/rung: $(BUILD)/bench/rung.o $(BUILD)/bench/client.o $(BUILD)/libattimo.a
build/bench/loop: $(BUILD)/bench/loop.o
build/bench/publish: $(BUILD)/bench/publish.o $(BUILD)/bench/client.o
build/bench/takedown: $(BUILD)/bench/takedown.o $(BUILD)/bench/client.o
build/bench/rung: BENCH_LIBS = $(ALL_LIBS)
$(BENCH):
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(BENCH_LIBS)

build/bench/slow_sync.so: bench/slow_sync.c Makefile
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl

# The month of a shop writes lines as the server does.
SHOP := $(addprefix $(BUILD)/bench/,shop.o shop_model.o shop_visit.o)
build/bench/shop: $(SHOP) $(BUILD)/libattimo.a
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# --- tests ---------------------------------------------------------------------------------------------------

$(BUILD)/libattimo.a: $(OBJS)
	$(Q)rm -f $@ && ar rcs $@ $^

TEST_PKGS   := cmocka libbrotlidec sqlite3
TEST_CFLAGS = $(shell pkg-config --cflags $(TEST_PKGS) 2>/dev/null) -Itests
$(BUILD)/tests/%.o: CPPFLAGS += $(TEST_CFLAGS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT) $(BUILD)/libattimo.a
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $$(pkg-config --libs $(TEST_PKGS))

PROGRAMS := $(BUILD)/attimo $(BUILD)/attimo-held-clock $(BUILD)/attimo-scarce-memory $(BUILD)/attimo-probed

test-bins: $(addprefix $(BUILD)/tests/,$(UNIT) $(E2E)) $(PROGRAMS)

check-tests: $(addprefix $(BUILD)/tests/,$(T)) $(PROGRAMS)
	@ATTIMO=$(BUILD)/attimo TEST_FILTER='$(F)' tests/run.sh $(addprefix $(BUILD)/tests/,$(T))

# The program as it is installed, tests as they are always built.
SERVICE_TESTS := $(addprefix $(BUILD)/tests/e2e/,events journal_upkeep manager publishing reload takedown takeover)
check-service: build/attimo-filtered $(SERVICE_TESTS)
	@CC=$(CC) tests/service/run.sh $(SERVICE_TESTS)

build/attimo-filtered: tests/service/filtered.c Makefile
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 $(CFLAGS) $(WARNINGS) -o $@ $<

check-commonmark: $(BUILD)/tests/commonmark/examples
	@tests/commonmark/run.sh $<

check-html: $(BUILD)/tests/html/documents
	@tests/html/run.sh $<

check-nginx: $(BUILD)/attimo
	@ATTIMO=$< tests/nginx/run.sh

check-hostile: $(BUILD)/attimo
	@ATTIMO=$< tests/hostile/run.sh $(COUNT) $(SEED)

check-browser: build/attimo build/bench/shop
	@ATTIMO=$< PICTURES=$(PICTURES) SHORT=$(SHORT) tests/browser/run.sh

fuzz: ## fuzz with libFuzzer: make fuzz T=request S=60
	@.ci/install test
	@$(MAKE) --no-print-directory CC=clang SAN=fuzz fuzz-run T='$(if $(filter command\ line,$(origin T)),$(T),$(FUZZ))' S=$(or $(S),60)

fuzz-run: $(addprefix $(BUILD)/tests/fuzz/,$(filter $(T),$(FUZZ)))
	@tests/fuzz/run.sh $(BUILD)/tests/fuzz $(S) $(filter $(T),$(FUZZ))

fuzz-coverage: ## what the fuzz targets' corpora reach of the code that they are there for (T=request)
	@.ci/install coverage
	@$(MAKE) --no-print-directory CC=clang SAN=coverage fuzz-coverage-run T='$(if $(filter command\ line,$(origin T)),$(T),$(FUZZ))'

fuzz-coverage-run: $(addprefix $(BUILD)/tests/fuzz/,$(filter $(T),$(FUZZ)))
	@tests/fuzz/coverage.sh $(BUILD)/tests/fuzz $(filter $(T),$(FUZZ))

$(BUILD)/tests/fuzz/page: $(BUILD)/tests/fuzz/support/bundle.o
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libattimo.a
	@echo "  link  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(ALL_LIBS)

# --- the house in order --------------------------------------------------------------------------------------

lint: ## clang-tidy and cppcheck (SHORT=1: without clang's analyzer, which takes most of the time)
	@.ci/install test
	@SHORT=$(SHORT) .ci/lint '$(CPPFLAGS) -std=c11 $(PKG_CFLAGS) $(LLHTTP_CFLAGS) $(TEST_CFLAGS)'

layers: ## every include points down the layers, every library has one home, parts stay in their folder
	@.ci/layers

format: ## reformat all C
	@clang-format -i $(C_FILES)

format-check: ## all C is as `make format` leaves it, no file above 500 lines, no function above 70
	@.ci/lengths
	@clang-format --dry-run -Werror $(C_FILES)

nightly: ## everything, at full length: about two hours, and S seconds of each fuzz target (600)
	@.ci/nightly $(S)

clean: ## remove build/
	$(Q)rm -rf build

FORCE:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
