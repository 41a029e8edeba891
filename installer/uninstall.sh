#!/bin/sh
# Removes what install.sh installed. Data stays, unless --with-data is given: that removes the tasks, runs and logs of this
# user too, without a question.
set -eu
root=$(cd "$(dirname "$0")" && pwd)
prefix=${root%/lib/taskdeck}
case ${1:-} in
    '') ;;
    --with-data)
        "$root/versions.sh" stop "$root"
        "$root/current/taskdeck" remove-data --yes
        ;;
    *) echo "usage: $0 [--with-data]" >&2; exit 2 ;;
esac
"$root/versions.sh" remove "$root"
while read -r file; do
    rm -f "$prefix/share/$file"
    rmdir -p --ignore-fail-on-non-empty "$(dirname "$prefix/share/$file")" 2>/dev/null || true
done <"$root/shared-files"
rm -f "$prefix/bin/taskdeck"
rm -rf "$root"
if command -v update-desktop-database >/dev/null; then
    update-desktop-database -q "$prefix/share/applications" 2>/dev/null || true
fi
echo "Taskdeck is removed."
