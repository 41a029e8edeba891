#!/usr/bin/env bash
# Checks for the system packages that Taskdeck requires: `run` for the console, `test` for the tests, `bench` for the
# measures, `package` to build packages, `package-test` to try them. Installs missing ones if it is root or sudo needs no password, otherwise prints the
# command to run. `check FOLDER` is `run` without installing anything, for an application that
# has some of the libraries in a folder of its own.
set -u
purpose=${1:-run}
[ "$(uname -s)" = Linux ] || exit 0

# library or program | Debian's package | Fedora's package
wanted='libEGL.so.1|libegl1|libglvnd-egl
libGL.so.1|libgl1|libglvnd-glx
libxkbcommon.so.0|libxkbcommon0|libxkbcommon
libxkbcommon-x11.so.0|libxkbcommon-x11-0|libxkbcommon-x11
libdbus-1.so.3|libdbus-1-3|dbus-libs
libfontconfig.so.1|libfontconfig1|fontconfig
libglib-2.0.so.0|libglib2.0-0|glib2
libxcb-cursor.so.0|libxcb-cursor0|xcb-util-cursor
libxcb-icccm.so.4|libxcb-icccm4|xcb-util-wm
libxcb-image.so.0|libxcb-image0|xcb-util-image
libxcb-keysyms.so.1|libxcb-keysyms1|xcb-util-keysyms
libxcb-render-util.so.0|libxcb-render-util0|xcb-util-renderutil
libxcb-shape.so.0|libxcb-shape0|libxcb'
case $purpose in test | bench) wanted="$wanted
rabbitmq-server|rabbitmq-server|rabbitmq-server
Xvfb|xvfb|xorg-x11-server-Xvfb
systemd-journal-remote|systemd-journal-remote|systemd-journal-remote
minisign|minisign|minisign" ;;
esac
[ "$purpose" = bench ] && wanted="$wanted
wrk|wrk|wrk"
[ "$purpose" = package ] && wanted="$wanted
dpkg-deb|dpkg|dpkg
strip|binutils|binutils
makeself|makeself|makeself
libwayland-client.so.0|libwayland-client0|libwayland-client
libwayland-cursor.so.0|libwayland-cursor0|libwayland-cursor
libwayland-egl.so.1|libwayland-egl1|libwayland-egl"
[ "$purpose" = package-test ] && wanted="debootstrap|debootstrap|debootstrap
Xvfb|xvfb|xorg-x11-server-Xvfb
openbox|openbox|openbox
xdotool|xdotool|xdotool
import|imagemagick|ImageMagick"

PATH=$PATH:/usr/sbin:/sbin:/usr/lib/systemd:/lib/systemd
known=$(ldconfig -p 2>/dev/null; ls "${2:-}" 2>/dev/null)
debian='' fedora=''
while IFS='|' read -r name deb rpm; do
    case $name in
        *.so.*) case $known in *"$name"*) continue ;; esac ;;
        *) command -v "$name" >/dev/null 2>&1 && continue ;;
    esac
    debian="$debian $deb" fedora="$fedora $rpm"
done <<EOF
$wanted
EOF
[ -n "$debian" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
    install="apt-get install -y --no-install-recommends$debian"
elif command -v dnf >/dev/null 2>&1; then
    install="dnf install -y$fedora"
else
    echo "Taskdeck requires these packages (Debian's names):$debian. Install them with your package manager." >&2
    exit 0
fi
if [ "$purpose" = check ]; then
    echo "The console requires these system packages, which are missing:$debian" >&2
    echo "Install them as root:  $install" >&2
    exit 0
fi
as_root=''
if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as_root='sudo -n'; else
        echo "Some system packages are missing. Run this once, then try again:  sudo $install" >&2
        exit 0
    fi
fi
echo "Installing system packages:$debian"
case $install in
    apt-get*)
        # Debian starts the server of a package on installation; the tests start their own.
        policy=/usr/sbin/policy-rc.d
        made_policy=''
        if [ ! -e $policy ]; then
            printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null && $as_root chmod +x $policy && made_policy=1
        fi
        $as_root apt-get update -qq
        $as_root env DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null
        result=$?
        [ -n "$made_policy" ] && $as_root rm -f $policy
        ;;
    *) $as_root $install; result=$? ;;
esac
[ "$result" = 0 ] || echo "The installation failed. Run it yourself to see why:  $as_root $install" >&2
exit 0
