#!/usr/bin/env bash
# What the GitHub Action does: gets a tfward, checks, and hands on what came out.
#
# Every input comes as TFWARD_INPUT_*, never as an argument. Runs on Linux, macOS (bash 3.2) and Windows (Git's
# bash). TFWARD_BINARY names a tfward that is there already.
set -euo pipefail

# On Windows, arguments such as `name=/value` would be taken for paths and rewritten.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'
export GIT_TERMINAL_PROMPT=0

# A text as the message of a workflow command.
escaped() {
    local text=$1
    text=${text//'%'/'%25'}
    text=${text//$'\r'/'%0D'}
    printf '%s' "${text//$'\n'/'%0A'}"
}

notice() {
    printf '::notice title=tfward::%s\n' "$(escaped "$1")"
}

output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Ends the step as a check that could not be completed.
fail() {
    printf '::error title=tfward::%s\n' "$(escaped "$1")"
    output exit-code 2
    exit 2
}

# Prints a file of which nothing is taken for a workflow command.
print_plainly() {
    [ -s "$1" ] || return 0
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$token"
    cat "$1"
    printf '\n::%s::\n' "$token"
}

# Sets `answer` to whether an input is true; anything but `true` and `false` is refused.
ask() {
    case $2 in
        true | false) answer=$2 ;;
        *) fail "\`$1\` is either true or false, not \`$2\`" ;;
    esac
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1" | cut -d ' ' -f 1
    else
        shasum -a 256 "$1" | cut -d ' ' -f 1
    fi
}

# The target whose release runs here; nothing for a machine without one.
target() {
    case "$(uname -s)/$(uname -m)" in
        Linux/x86_64) echo x86_64-unknown-linux-musl ;;
        Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-musl ;;
        Darwin/x86_64) echo x86_64-apple-darwin ;;
        Darwin/arm64) echo aarch64-apple-darwin ;;
        # Windows on ARM runs programs for x86_64.
        MINGW*/* | MSYS*/* | CYGWIN*/*) echo x86_64-pc-windows-msvc ;;
    esac
}

# Builds the action's own checkout. Cargo runs there: settings of Cargo in the checked repository must not count.
build() {
    command -v cargo >/dev/null || fail "there is no release to download, and no cargo to build tfward with"
    echo "building tfward from $action"
    (
        cd "$action"
        # What `tfward init` writes names the repository that tfward comes from.
        export TFWARD_REPOSITORY=${repository:+${GITHUB_SERVER_URL:-https://github.com}/$repository}
        cargo build --release --locked --bin tfward --target-dir "$temporary/target"
    ) >"$temporary/build" 2>&1 || {
        print_plainly "$temporary/build"
        fail "tfward could not be built from the action's checkout"
    }
    binary=$temporary/target/release/tfward
    [ -e "$binary" ] || binary=$binary.exe
}

# Downloads one file of a release; 1 when the release or the file does not exist.
fetch() {
    local status
    status=$(curl --proto '=https' --silent --show-error --location --retry 3 --max-time 300 \
        --output "$2" --write-out '%{http_code}' "$1" 2>"$temporary/curl") || {
        print_plainly "$temporary/curl"
        fail "\`$1\` could not be downloaded"
    }
    case $status in
        200) return 0 ;;
        404) return 1 ;;
        *) fail "\`$1\` could not be downloaded: the answer was $status" ;;
    esac
}

# Downloads a release and checks it; 1 when there is none.
download() {
    local version=$1 name target expected
    target=$(target)
    [ -n "$repository" ] && [ -n "$target" ] || return 1
    name=tfward-$target.tar.gz
    local address=${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download/v$version/$name
    fetch "$address" "$temporary/$name" || return 1
    fetch "$address.sha256" "$temporary/$name.sha256" || fail "\`$address\` has no checksum"
    expected=$(head -n 1 "$temporary/$name.sha256" | cut -d ' ' -f 1)
    if [ "${#expected}" != 64 ] || [ "$(sha256 "$temporary/$name")" != "$expected" ]; then
        fail "\`$address\` does not have the checksum that its release names"
    fi
    # Tar takes `D:/…` for another machine, so all names are relative.
    (cd "$temporary" && tar -xzf "$name") || fail "\`$address\` could not be unpacked"
    binary=$temporary/tfward
    [ -e "$binary" ] || binary=$binary.exe
    echo "using tfward $version from $address"
}

# Sets `binary`.
find_binary() {
    if [ -n "${TFWARD_BINARY:-}" ]; then
        binary=$TFWARD_BINARY
        return
    fi
    local asked=${TFWARD_INPUT_VERSION#v} own reference='' rest
    own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$action/Cargo.toml" | head -n 1)
    # The runner keeps an action below `_actions/OWNER/NAME/REF`; one of the checked repository lies elsewhere.
    repository=''
    case $action in
        */_actions/*/*/*)
            rest=${action##*/_actions/}
            repository=$(printf '%s' "$rest" | cut -d / -f 1,2)
            reference=$(printf '%s' "$rest" | cut -d / -f 3)
            ;;
        "${workspace:-/}"/*) ;;
        *) repository=${TFWARD_ACTION_REPOSITORY:-} ;;
    esac
    case $asked in
        source) build ;;
        '')
            # A tag of a version stands for that release; any other commit may differ from every release.
            if [[ $reference =~ ^v[0-9]+(\.[0-9]+)*$ ]] && download "$own"; then
                return
            fi
            build
            ;;
        *)
            [[ $asked =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
                fail "\`version\` is a release such as 1.2.3, or \`source\`, not \`$TFWARD_INPUT_VERSION\`"
            if ! download "$asked"; then
                [ "$asked" = "$own" ] || fail "there is no release $asked of tfward for this machine"
                build
            fi
            ;;
    esac
}

# Writes one file as the base branch has it; 1 when it has none.
from_base() {
    # Where the path leads from here, or from the top of the working tree.
    git cat-file -e "$base:$1" 2>/dev/null || return 1
    git cat-file blob "$base:$1" >"$2" 2>/dev/null || fail "\`$1\` of the base branch is not a file"
}

# Replaces `config` and `baseline` by what the base branch has of them.
take_settings_of_base() {
    if [ -z "${GITHUB_BASE_REF:-}" ]; then
        notice "this is no pull request: \`settings-from-base\` changes nothing"
        return
    fi
    base=refs/tfward/base
    if ! git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$GITHUB_BASE_REF:$base" 2>"$temporary/git"; then
        base=refs/remotes/origin/$GITHUB_BASE_REF
        git rev-parse --quiet --verify "$base^{commit}" >/dev/null 2>&1 || {
            print_plainly "$temporary/git"
            fail "the base branch \`$GITHUB_BASE_REF\` cannot be fetched; give actions/checkout \`fetch-depth: 0\`"
        }
    fi
    local settings=$temporary/settings.hcl accepted=$temporary/baseline.json
    # An empty file: no settings of the change count either.
    : >"$settings"
    if [ -n "$config" ]; then
        from_base "./$config" "$settings" || fail "the base branch has no \`$config\`"
    else
        from_base .tfward.hcl "$settings" || notice "the base branch has no \`.tfward.hcl\`: every default holds"
    fi
    config=$settings
    if [ -n "$baseline" ]; then
        if from_base "./$baseline" "$accepted"; then
            baseline=$accepted
        else
            notice "the base branch has no \`$baseline\`: nothing is accepted"
            baseline=''
        fi
    fi
}

# Adds one argument for each line of an input to `arguments`, with a prefix.
add_lines() {
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%$'\r'}
        [ -z "$line" ] || arguments+=("$1$line")
    done <<<"$2"
}

# One number of the report's summary, which stands at its top; names of the input are further down.
count() {
    sed -n '/^  "summary": {$/,/^  }/s/^    "'"$1"'": \([0-9][0-9]*\),\{0,1\}$/\1/p' "$temporary/report.json" | head -n 1
}

action=${GITHUB_ACTION_PATH//\\//}
workspace=${GITHUB_WORKSPACE:-}
workspace=${workspace//\\//}
temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
temporary=$(mktemp -d "${temporary//\\//}/tfward.XXXXXX")

config=$TFWARD_INPUT_CONFIG
baseline=$TFWARD_INPUT_BASELINE
sarif=${TFWARD_INPUT_SARIF_FILE:-$temporary/tfward.sarif}
ask summary "$TFWARD_INPUT_SUMMARY"
summary=$answer
ask no-inline-allow "$TFWARD_INPUT_NO_INLINE_ALLOW"
no_inline_allow=$answer
ask settings-from-base "$TFWARD_INPUT_SETTINGS_FROM_BASE"
settings_from_base=$answer

if [ -n "$workspace" ]; then cd -- "$workspace"; fi
cd -- "$TFWARD_INPUT_WORKING_DIRECTORY" 2>/dev/null ||
    fail "there is no directory \`$TFWARD_INPUT_WORKING_DIRECTORY\`"

case $sarif in
    /* | [A-Za-z]:[/\\]*) ;;
    *) sarif=$PWD/$sarif ;;
esac
# A line more would be an output more.
if [[ $sarif == *[[:cntrl:]]* ]]; then fail "the path of the SARIF file holds a control character"; fi
# A file that is there already is no report of this run.
rm -f -- "$sarif" || fail "\`$sarif\` is in the way"

find_binary
if [ "$settings_from_base" = true ]; then take_settings_of_base; fi

arguments=(check --format github --format json --output "$temporary/report.json" --format sarif "--output=$sarif")
if [ "$summary" = true ]; then arguments+=(--format markdown --output "$temporary/summary.md"); fi
arguments+=("--fail-on=$TFWARD_INPUT_FAIL_ON")
if [ -n "$TFWARD_INPUT_SOURCE" ]; then arguments+=("--source=$TFWARD_INPUT_SOURCE"); fi
if [ -n "$TFWARD_INPUT_WORKSPACE" ]; then arguments+=("--workspace=$TFWARD_INPUT_WORKSPACE"); fi
if [ -n "$config" ]; then arguments+=("--config=$config"); fi
if [ -n "$baseline" ]; then arguments+=("--baseline=$baseline"); fi
if [ "$no_inline_allow" = true ]; then arguments+=(--no-inline-allow); fi
add_lines --var-file= "$TFWARD_INPUT_VAR_FILE"
add_lines --var= "$TFWARD_INPUT_VAR"
# Nothing behind it is an option.
arguments+=(--)
before=${#arguments[@]}
add_lines '' "$TFWARD_INPUT_PATHS"
if [ -n "$TFWARD_INPUT_PLAN" ]; then arguments+=("$TFWARD_INPUT_PLAN"); fi
if [ "${#arguments[@]}" = "$before" ]; then arguments+=(.); fi

code=0
"$binary" "${arguments[@]}" </dev/null 2>"$temporary/messages" || code=$?
print_plainly "$temporary/messages"
case $code in
    0 | 1 | 2) ;;
    *) fail "tfward ended with the unexpected code $code" ;;
esac

if [ -e "$temporary/report.json" ]; then
    for name in public undetermined private errors; do
        output "$name" "$(count "$name")"
    done
elif [ "$code" != 2 ]; then
    fail "tfward wrote no report"
fi
if [ -e "$sarif" ]; then output sarif-file "$sarif"; fi
if [ -e "$temporary/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$temporary/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ "$code" = 2 ] && [ ! -e "$temporary/report.json" ]; then
    fail "the check could not start; the lines above say why"
fi
output exit-code "$code"
exit "$code"
