#!/bin/bash
# What fuzz targets reach of the code that they are meant for, with their corpus and seeds alone:
# tests/fuzz/coverage.sh BINARIES TARGET... (built with SAN=coverage). A table of files, then the functions never reached.
set -eu
binaries=$1
shift
here=$(dirname "$0")

# The files that a target is there for.
files_of() {
    case $1 in
    request) echo src/http/{request,request_rules,request_body,chunked,span,field,path,negotiate,forwarded}.c ;;
    body) echo src/capture/{agent,agent_app,agent_bot,agent_device,agent_os,body,campaign,dest,form,hit,hit_known,hit_read,language,purpose,referrer,token}.c ;;
    page) find src/site -name '*.c' ! -name loader.c ! -name preview.c | sort
        echo src/base/{schema,yaml,yaml_complaint,nearest}.c ;;
    image) echo src/site/{image,svg,exif,photo,picture,lint_asset}.c ;;
    event) echo src/journal/{event,event_decode,event_keys,json_text,timestamp}.c ;;
    recover) echo src/journal/recover.c ;;
    entry) echo src/insight/{entry,entry_quick,export,flat,flat_row,line,recent,sift}.c ;;
    line) echo src/insight/{line,line_guess,line_beginning,line_ending}.c ;;
    esac
}

# Debian has the tools under their version's name.
tool() {
    local version
    version=$(clang -dumpversion)
    command -v "llvm-$1" || command -v "llvm-$1-${version%%.*}" ||
        { echo "llvm-$1 is missing: apt-get install llvm-${version%%.*}" >&2; exit 1; }
}
profdata=$(tool profdata)
cov=$(tool cov)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for target in "$@"; do
    mkdir "$scratch/$target"
    [ ! -x "$here/$target.seeds" ] || "$here/$target.seeds" "$scratch/$target"
    LLVM_PROFILE_FILE=$scratch/raw "$binaries/$target" -runs=0 -max_len=8192 "$here/corpus/$target" "$scratch/$target" >"$scratch/log" 2>&1 ||
        { tail "$scratch/log" >&2; exit 1; }
    "$profdata" merge -o "$scratch/data" "$scratch/raw"
    echo "== $target: $(find "$here/corpus/$target" "$scratch/$target" -type f | wc -l) inputs"
    # shellcheck disable=SC2046 # a list of files
    "$cov" export -summary-only -instr-profile="$scratch/data" "$binaries/$target" $(files_of "$target") |
        python3 -c '
import json, os, sys
data = json.load(sys.stdin)["data"][0]
rows = [(f["filename"], f["summary"]) for f in data["files"]] + [("all", data["totals"])]
print("%-28s %12s %14s %14s" % ("file", "functions", "lines", "branches"))
for name, s in rows:
    part = lambda what: "%d/%d" % (s[what]["covered"], s[what]["count"])
    print("%-28s %12s %14s %14s" % (os.path.relpath(name, "src") if name != "all" else name, part("functions"), part("lines"), part("branches")))'
    # shellcheck disable=SC2046
    "$cov" report -show-functions -instr-profile="$scratch/data" "$binaries/$target" $(files_of "$target") |
        awk '/^File / { file = $2; gsub(/.*src\/|[:'"'"']/, "", file) } $4 == "0.00%" && $1 != "TOTAL" { print "   never: " file ": " $1 }'
done
