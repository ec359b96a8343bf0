# A bare Debian in a folder, made with debootstrap. To be sourced by bash, after shell.sh.

proxies=()
for name in http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || proxies+=("$name=${!name}")
done

# The mirror that apt uses here, else Debian's own.
mirror() {
    local found
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m 1 '/debian/*$')
    found=${found:-http://deb.debian.org/debian}
    echo "${found%/}"
}

# make_debian FOLDER RELEASE PACKAGES: with these packages (a,b,c) besides the least that there is.
make_debian() {
    debootstrap --variant=minbase --include="$3" "$2" "$1" "$(mirror)" >"$dir/debootstrap.log" 2>&1
}

# find_debian: sets `debian_lacks` to what keeps one from being made here.
find_debian() {
    [ "$(id -u)" -eq 0 ] || { debian_lacks='needs root'; return 1; }
    command -v debootstrap >/dev/null || { debian_lacks='needs debootstrap'; return 1; }
}
