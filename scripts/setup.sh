# Makes sure of the tools: `setup_build` for building the page, `setup_tests` for testing it too. Sourced by
# scripts/serve and scripts/test, from the root of the project. Tools that are not there at the right version go into a
# cache folder of the user, one folder per version, so nothing of the user's own is touched and a second clone finds them.
# shellcheck shell=bash

tools=${GLASSBOX_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/glassbox-tools}
trunk_version=0.21.14 # the last that Rust 1.95 compiles
binaryen_version=132.0.0
axe_version=4.14.1

say() { printf 'glassbox: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

setup_build() {
    setup_rust
    setup_node
    setup_crate trunk trunk "$trunk_version" --locked
    # Without --locked: its lock file has named a version that cargo could not get.
    setup_crate wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)"
    setup_npm binaryen "$binaryen_version"
    PATH=$tools/binaryen-$binaryen_version/node_modules/.bin:$PATH
    export PATH TRUNK_OFFLINE=true
    if [ -n "${NO_COLOR:-}" ]; then export NO_COLOR=true; fi # Trunk refuses any other value
}

# Leaves CHROME, CHROMEDRIVER and GLASSBOX_AXE in the environment.
setup_tests() {
    setup_build
    setup_npm axe-core "$axe_version"
    export GLASSBOX_AXE=$tools/axe-core-$axe_version/node_modules/axe-core/axe.min.js
    setup_browser
}

# The toolchain that rust-toolchain.toml names, with its components and targets. Only what is missing is added.
setup_rust() {
    { has rustup && has cargo; } || die "Rust is missing: install it from https://rustup.rs and run this again."
    has cc || system_install "a C compiler, for Rust's linker" build-essential gcc gcc gcc ""
    has cc || die "A C compiler is missing: install gcc or clang (on macOS: xcode-select --install) and run this again."
    local channel installed part
    channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    if ! installed=$(rustup component list --installed --toolchain "$channel" 2>/dev/null); then
        rust "Rust $channel" toolchain install "$channel" --profile minimal --no-self-update
        installed=''
    fi
    for part in $(toolchain_list components); do
        case $installed in *"$part"*) ;; *) rust "$part" component add "$part" --toolchain "$channel" ;; esac
    done
    for part in $(toolchain_list targets); do
        case $installed in *"rust-std-$part"*) ;; *) rust "$part" target add "$part" --toolchain "$channel" ;; esac
    done
}

rust() { # WHAT ARGUMENTS...: installs it with rustup
    local what=$1
    shift
    say "installing $what with rustup"
    rustup "$@" || die "rustup could not install $what: see its message above, then run this again."
}

toolchain_list() { # KEY: the strings of that list in rust-toolchain.toml, one a line
    sed -n "s/^$1 = \[\(.*\)\]/\1/p" rust-toolchain.toml | tr ',' '\n' | tr -d '" '
}

locked_version() { # CRATE: its version in Cargo.lock
    sed -n "/^name = \"$1\"\$/{n;s/version = \"\(.*\)\"/\1/p;}" Cargo.lock
}

setup_crate() { # PROGRAM CRATE VERSION FLAGS...: puts the program on PATH
    local program=$1 crate=$2 version=$3
    shift 3
    local root=$tools/$crate-$version
    if [ ! -x "$root/bin/$program" ]; then
        case "$("$program" --version 2>/dev/null || true) " in *" $version "*) return 0 ;; esac
        say "installing $crate $version into $root (once, some minutes)"
        # Quick to compile rather than quick to run; a build that was interrupted goes on where it was.
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
            cargo install "$crate" --version "$version" --root "$root" --target-dir "$root/build" --force "$@" ||
            die "$crate $version could not be installed: see cargo's message above, then run this again."
        rm -rf "$root/build"
    fi
    PATH=$root/bin:$PATH
}

setup_node() {
    { has node && has npm; } || system_install "Node.js" "nodejs npm" "nodejs npm" "nodejs npm" "nodejs npm" node
    { has node && has npm; } || die "Node.js is missing: install it with its npm from https://nodejs.org and run this again."
}

setup_npm() { # PACKAGE VERSION
    local root=$tools/$1-$2
    [ ! -d "$root" ] || return 0
    say "installing $1 $2 into $root"
    rm -rf "$root.partial"
    mkdir -p "$root.partial"
    npm install --prefix "$root.partial" --no-audit --no-fund --loglevel=error "$1@$2" >&2 ||
        die "$1 $2 could not be installed: see npm's message above, then run this again."
    mv "$root.partial" "$root" # whole or not at all
}

# CHROME and CHROMEDRIVER, if set, come first and need not match.
setup_browser() {
    find_browser && return 0
    local packages="chromium chromium-driver"
    if has apt-cache && ! apt-cache show chromium-driver >/dev/null 2>&1; then
        packages="chromium-browser chromium-chromedriver" # Ubuntu's names
    fi
    system_install "Chromium and its driver, for the browser tests" \
        "$packages" "chromium chromedriver" chromium "chromium chromedriver" "--cask google-chrome chromedriver"
    find_browser || die "No Chrome with a chromedriver of its version was found: install both, or name them in CHROME and CHROMEDRIVER."
}

# A driver, and the first browser of the same major version: others refuse each other.
find_browser() {
    local chrome driver
    for driver in "${CHROMEDRIVER:-}" chromedriver /usr/lib/chromium/chromedriver /usr/lib64/chromium/chromedriver \
        /usr/lib/chromium-browser/chromedriver; do
        has "$driver" || continue
        for chrome in "${CHROME:-}" chromium chromium-browser google-chrome google-chrome-stable \
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
            /Applications/Chromium.app/Contents/MacOS/Chromium; do
            has "$chrome" || continue
            [ "$chrome" = "${CHROME:-}" ] || [ "$(major "$chrome")" = "$(major "$driver")" ] || continue
            CHROME=$(command -v "$chrome")
            CHROMEDRIVER=$(command -v "$driver")
            export CHROME CHROMEDRIVER
            return 0
        done
    done
    return 1
}

major() { # PROGRAM: the first number it prints as its version
    "$1" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\)\..*/\1/p' | head -n 1
}

# WHAT, and the packages' names for apt, dnf, pacman, zypper, brew. Returns 0 even when that failed: the caller looks again.
system_install() {
    local as_root='' what=$1
    if [ "$(id -u)" != 0 ]; then
        if has sudo; then as_root=sudo; elif ! has brew; then return 0; fi
    fi
    # The lists of names are split on purpose.
    # shellcheck disable=SC2086
    if has apt-get; then
        say "installing $what with apt-get: $2"
        $as_root apt-get update -qq >&2 || true
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 >/dev/null || true
    elif has dnf; then
        say "installing $what with dnf: $3"
        $as_root dnf install -y -q $3 >&2 || true
    elif has pacman; then
        say "installing $what with pacman: $4"
        $as_root pacman -Sy --noconfirm --needed $4 >&2 || true
    elif has zypper; then
        say "installing $what with zypper: $5"
        $as_root zypper --non-interactive --quiet install $5 >&2 || true
    elif has brew && [ -n "$6" ]; then
        say "installing $what with brew: $6"
        brew install --quiet $6 >&2 || true
    fi
}
