#!/bin/sh
# Installs Taskdeck below the home directory, or below --prefix DIR; again for an upgrade. Needs no root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=$HOME/.local
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) prefix=$(mkdir -p "$2" && cd "$2" && pwd); shift 2 ;;
        *) echo "usage: taskdeck-….run [-- --prefix DIR]" >&2; exit 2 ;;
    esac
done

wanted=$(cat "$here/glibc")
found=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)
if [ -z "$found" ] || [ "$(printf '%s\n' "$wanted" "$found" | sort -V | head -1)" != "$wanted" ]; then
    echo "Taskdeck requires glibc $wanted or later; this system has ${found:-none}. Nothing was installed." >&2
    exit 1
fi

root=$prefix/lib/taskdeck
mkdir -p "$root" "$prefix/bin"
rm -rf "$root/package"
cp -a "$here/package" "$root/package"
cp "$here/versions.sh" "$here/uninstall.sh" "$root/"
"$root/versions.sh" activate "$root"
rm -rf "$root/package" # versions/ has the same files

(cd "$here/share" && find . -type f) >"$root/shared-files"
cp -a "$here/share/." "$prefix/share/" 2>/dev/null || { mkdir -p "$prefix/share" && cp -a "$here/share/." "$prefix/share/"; }
# A desktop need not have the folder on its path.
sed -i "s|^Exec=taskdeck|Exec=\"$root/current/taskdeck\"|" "$prefix/share/applications/taskdeck.desktop"
ln -sfn "../lib/taskdeck/current/taskdeck" "$prefix/bin/taskdeck"
if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$prefix/share/applications" || true; fi

"$here/system-packages.sh" check "$root/current/_internal"
echo "Installed $("$prefix/bin/taskdeck" version) in $root. Start it from the menu, or with: taskdeck up"
case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not on your PATH. Add it, or start $prefix/bin/taskdeck." ;;
esac
echo "Remove it with: $root/uninstall.sh (data stays), or $root/uninstall.sh --with-data"
