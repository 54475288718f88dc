#!/bin/sh
# record.sh SCENARIO_DIR TRACE_DIR [AT_ONCE]: drives Erlang's supervisor with every scenario and
# writes what it saw. Needs erl and erlc of OTP 25 (Debian: erlang-base).
set -e
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
mkdir -p "$2"
erlc -o "$scratch" "$here/oracle.erl"
node "$here/terms.mjs" "$1" "$scratch/scenarios.terms"
erl -noshell -pa "$scratch" -eval "oracle:main([\"$scratch/scenarios.terms\",\"$2\",\"${3:-100}\"])"
node "$here/sort.mjs" "$1" "$2"
rm -rf "$scratch"
