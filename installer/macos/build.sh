#!/bin/sh
# Builds dist/taskdeck-VERSION-macos-ARCH.dmg with Taskdeck.app. Needs Python 3.11 or later and Apple's command line tools.
# CODESIGN_IDENTITY signs it with the hardened runtime; without it the application has an ad-hoc signature.
#
#   installer/macos/build.sh
set -eu
cd "$(dirname "$0")/../.."
python=build/package-python/bin/python
python3 -m venv build/package-python
"$python" -m pip install -q --disable-pip-version-check -c constraints.txt '.[console,redis,package]'
version=$("$python" -m backend version)
"$python" -m PyInstaller -y --log-level WARN installer/taskdeck.spec --distpath build/package --workpath build/freezing

app=build/macos/Taskdeck.app
rm -rf build/macos
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources" dist
cp -R build/package/taskdeck "$app/Contents/Resources/taskdeck"
sed "s/@VERSION@/$version/g" installer/macos/Info.plist >"$app/Contents/Info.plist"
cat >"$app/Contents/MacOS/Taskdeck" <<'SCRIPT'
#!/bin/sh
exec "$(dirname "$0")/../Resources/taskdeck/taskdeck" up
SCRIPT
chmod 755 "$app/Contents/MacOS/Taskdeck"
identity=${CODESIGN_IDENTITY:--}
find "$app/Contents/Resources" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -111 \) \
    -exec codesign --force --options runtime --timestamp=none --sign "$identity" {} +
codesign --force --options runtime --timestamp=none --sign "$identity" "$app"
codesign --verify --deep --strict "$app"
"$app/Contents/Resources/taskdeck/taskdeck" version

ln -s /Applications build/macos/Applications
hdiutil create -quiet -ov -format UDZO -volname Taskdeck -srcfolder build/macos "dist/taskdeck-$version-macos-$(uname -m).dmg"
