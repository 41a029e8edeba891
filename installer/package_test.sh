#!/bin/bash
# Tries the packages of dist/ as a new user would, in a clean root of each release of Debian: no Python, no Qt.
# Prints what each step took and what was left after the removal; photographs go to build/package-test/SUITE/*.png.
# Needs root, for chroot. Everything happens in namespaces of its own: mounts and processes end with this script.
#
#   package_test.sh bookworm trixie
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${IN_NAMESPACE:-}" ]; then
    exec env IN_NAMESPACE=1 unshare --mount --pid --fork --mount-proc "$0" "$@"
fi
deb=$(ls dist/taskdeck_*.deb)
run=$(ls dist/taskdeck-*.run)

step() { # NAME COMMAND…: runs it and prints how long it took
    local name=$1 began=$EPOCHREALTIME failed=0
    shift
    # Not `"$@" || …`: there, a function would go on after a command that fails.
    set +e
    (set -e; "$@") >"$pictures/$name.log" 2>&1
    failed=$?
    set -e
    [ $failed = 0 ] || { echo "  FAILED $name"; tail -30 "$pictures/$name.log"; exit 1; }
    printf '  %-22s %6.1f s\n' "$name" "$(bc <<<"$EPOCHREALTIME - $began")"
}
fails() { if "$@"; then return 1; fi; } # `!` would not end a step
inside() { chroot "$root" "$@"; }
anna() { inside su - anna -c "export LANG=C.UTF-8 DISPLAY=$DISPLAY; $*"; }
photograph() { import -window root "$pictures/$1.png"; }
until_ready() { timeout 120 sh -c "tail -n +1 -f '$1' | grep -q -m1 'is ready at'"; }
files() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/lib/apt \
    -o -path ./var/cache -o -path ./var/log -o -path ./tmp \) -prune -o ! -type d -print | sort); }

make_root() {
    [ -e "$base" ] || { debootstrap --variant=minbase "$suite" "$base.new" && mv "$base.new" "$base"; }
    rm -rf "$root"
    cp -a --reflink=auto "$base" "$root"
    cp /etc/resolv.conf "$root/etc/"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mkdir -p "$root/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
    cp "$deb" "$run" "$root/tmp/"
    inside useradd -m -s /bin/bash anna
    fails inside sh -c 'command -v python3'
}
install_dependencies() {
    inside apt-get update -qq
    inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/(.*//')
}
install_deb() { inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "/tmp/$1"; }
first_screen() {
    anna taskdeck up >"$pictures/up.log" 2>&1 &
    until_ready "$pictures/up.log"
    timeout 60 xdotool search --sync --onlyvisible --name 'Overview.*Taskdeck' >/dev/null
    sleep 5 # charts are loaded after the first paint
    photograph first-screen
}
create_by_clicks() {
    xdotool mousemove 1213 50 click 1
    timeout 30 xdotool search --sync --onlyvisible --name '^New task' >/dev/null
    sleep 1
    xdotool type --delay 40 first-task
    xdotool mousemove 715 313 click 1 # the command
    xdotool type --delay 40 'echo it ships; sleep 1'
    photograph new-task
    xdotool mousemove 894 729 click 1 # "Save and run"
    sleep 4
    photograph task-ran
    anna taskdeck run list --task first-task --json | grep '"status": *"succeeded"'
}
next_build() { # the same package as a later version
    local folder=$root/tmp/next
    dpkg-deb -R "$deb" "$folder"
    sed -i 's/^Version: .*/Version: 99.0/' "$folder/DEBIAN/control"
    echo 99.0-next >"$folder/usr/lib/taskdeck/package/build"
    dpkg-deb -Zgzip -z1 --root-owner-group --build "$folder" "$root/tmp/next.deb"
    rm -rf "$folder"
}
upgrade_with_running_work() {
    anna "taskdeck task create long -c 'sleep 20; echo survived'; taskdeck task trigger long"
    install_deb next.deb
    [ "$(readlink "$root/usr/lib/taskdeck/current")" = versions/99.0-next ]
    [ "$(ls "$root/usr/lib/taskdeck/versions" | wc -l)" = 2 ]
    anna taskdeck task list | grep first-task
    anna 'taskdeck run logs --follow $(taskdeck run list --task long --json | grep -m1 -o "\"id\": *[0-9]*" | grep -o "[0-9]*")' |
        grep survived
}
restart_after_upgrade() {
    pkill -INT -x -f 'taskdeck up'
    while pgrep -x -f 'taskdeck up'; do sleep 0.2; done
    anna taskdeck up --headless >"$pictures/up-again.log" 2>&1 &
    until_ready "$pictures/up-again.log"
    anna taskdeck run list --task first-task | grep succeeded
    anna taskdeck doctor
    inside /usr/lib/taskdeck/versions.sh activate /usr/lib/taskdeck
    [ "$(ls "$root/usr/lib/taskdeck/versions")" = 99.0-next ]
}
remove() {
    inside apt-get remove -y -qq taskdeck
    fails pgrep -f /usr/lib/taskdeck
    [ ! -e "$root/usr/lib/taskdeck" ]
    [ -e "$root/home/anna/.local/share/taskdeck/postgres/PG_VERSION" ]
}
install_again_and_remove_data() {
    install_deb next.deb
    anna taskdeck remove-data --yes
    inside apt-get purge -y -qq taskdeck
}
run_installs_without_root() {
    anna "sh /tmp/$(basename "$run")"
    anna '~/.local/bin/taskdeck up --headless' >"$pictures/run-up.log" 2>&1 &
    until_ready "$pictures/run-up.log"
    anna '~/.local/bin/taskdeck task create greet -c "echo good morning" && ~/.local/bin/taskdeck task trigger greet --wait' |
        grep 'good morning'
    anna "sh /tmp/$(basename "$run")" # again, while it runs
    anna '~/.local/bin/taskdeck task trigger greet --wait' | grep 'good morning'
}
run_is_removed_with_data() {
    anna '~/.local/lib/taskdeck/uninstall.sh --with-data'
}

exec 3< <(exec Xvfb -displayfd 1 -screen 0 1280x900x24 2>/dev/null)
read -r number <&3 # when it is ready
export DISPLAY=:$number
openbox 2>/dev/null &
for suite in "$@"; do
    echo "$suite"
    base=build/roots/$suite
    root=$PWD/build/roots/$suite-tried
    pictures=$PWD/build/package-test/$suite
    rm -rf "$pictures"
    mkdir -p build/roots "$pictures"
    step make-root make_root
    step dependencies install_dependencies
    files >"$pictures/files-before"
    step install install_deb "$(basename "$deb")"
    step first-screen first_screen
    step create-by-clicks create_by_clicks
    step next-build next_build
    step upgrade upgrade_with_running_work
    step restart restart_after_upgrade
    step remove remove
    step remove-data install_again_and_remove_data
    step run-install run_installs_without_root
    step run-remove run_is_removed_with_data
    files >"$pictures/files-after"
    echo "  left behind:"
    comm -13 "$pictures/files-before" "$pictures/files-after" | sed 's/^/    /'
    umount -R "$root/proc" "$root/dev" "$root/tmp/.X11-unix"
    rm -rf "$root"
done
