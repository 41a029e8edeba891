#!/bin/sh
# Installs versions side by side, so that processes of one go on with its files while another is installed:
#
#   ROOT/package            what was unpacked last; the package manager owns it
#   ROOT/versions/BUILD     the same files by hard links, which stay when package/ is replaced
#   ROOT/current            a link to the version that a new process starts
#
# versions.sh activate ROOT   makes versions/BUILD from package/, lets `current` refer to it, removes what nothing uses
# versions.sh stop ROOT       ends the processes of all versions
# versions.sh remove ROOT     the same, and removes the versions
set -eu
action=$1
root=$2

# Whether a process runs from this version: its programs lock `in-use`; PostgreSQL can be seen by its executable.
is_used() {
    flock -n -x "$1/in-use" true || return 0
    for link in /proc/[0-9]*/exe; do
        case $(readlink "$link" 2>/dev/null) in "$1"/*) return 0 ;; esac
    done
    return 1
}

# The processes that have locked `in-use`. A backend hides which program it executes, also from its own user.
pids_of() {
    for version in "$root"/versions/*; do
        [ -e "$version/in-use" ] || continue
        awk -v inode=":$(stat -c %i "$version/in-use")$" '$2 == "FLOCK" && $6 ~ inode { print $5 }' /proc/locks
    done
}

stop() {
    pids=$(pids_of)
    # SIGTERM drains a worker and stops a database.
    [ -z "$pids" ] || kill -TERM $pids 2>/dev/null || true
    for version in "$root"/versions/*; do
        [ ! -e "$version/in-use" ] || timeout 90 flock -x "$version/in-use" true || true
    done
}

case $action in
    activate)
        build=$(cat "$root/package/build")
        mkdir -p "$root/versions"
        if [ ! -e "$root/versions/$build" ]; then
            rm -rf "$root/versions/.new"
            cp -al "$root/package" "$root/versions/.new"
            mv "$root/versions/.new" "$root/versions/$build"
        fi
        # Renaming a link replaces the former one at once: at no moment there is none.
        ln -sfn "versions/$build" "$root/current.new"
        mv -T "$root/current.new" "$root/current"
        for version in "$root"/versions/*; do
            [ "$version" = "$root/versions/$build" ] || is_used "$version" || rm -rf "$version"
        done
        ;;
    stop) stop ;;
    remove)
        stop
        rm -rf "$root/versions" "$root/current"
        ;;
    *) echo "usage: $0 activate|stop|remove ROOT" >&2; exit 2 ;;
esac
