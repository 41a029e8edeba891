#!/bin/bash
# Makes a release of a clean checkout: checks, dates the changelog, tags, builds, and writes checksums with a signature.
# `make release VERSION=X.Y.Z` calls it. Nothing is pushed or uploaded.
#
#   SIGNING_KEY   an Ed25519 key of OpenSSH that signs dist/SHA256SUMS; without it the release is not signed, and says so
#   MINISIGN_KEY  a secret key of minisign that writes dist/SHA256SUMS.minisig, which `taskdeck version --check` reads
#   STEPS         what is built: "wheel sbom package"
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: release.sh VERSION}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "VERSION must be X.Y.Z, not $version." >&2; exit 2; }
[ -z "$(git status --porcelain)" ] || { echo "The checkout has changes: commit them first." >&2; exit 1; }
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || { echo "The tag v$version exists." >&2; exit 1; }
awk '/^## \[Unreleased\]/ { inside = 1; next } /^## / { inside = 0 } inside && /^- / { found = 1 } END { exit !found }' CHANGELOG.md ||
    { echo "CHANGELOG.md says nothing under [Unreleased]." >&2; exit 1; }
# Before an hour of checks and builds, and a tag. The files are signed in dist, so a path from here would not lead to the key.
for name in SIGNING_KEY MINISIGN_KEY; do
    [ -z "${!name:-}" ] || [ -r "${!name}" ] || { echo "$name: ${!name} cannot be read." >&2; exit 1; }
    [ -z "${!name:-}" ] || export "$name=$(realpath "${!name}")"
done
[ -z "${MINISIGN_KEY:-}" ] || command -v minisign >/dev/null ||
    { echo "MINISIGN_KEY needs minisign. On Debian: apt-get install minisign" >&2; exit 1; }

${CHECK:-make test}
sed -i "s/^version = \".*\"/version = \"$version\"/" pyproject.toml
sed -i "s/^## \[Unreleased\]$/## [Unreleased]\n\n## [$version] - $(date -u +%F)/" CHANGELOG.md
git commit -qam "Release $version"
git tag -a "v$version" -m "Taskdeck $version"
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
rm -rf dist
for step in ${STEPS:-wheel sbom package}; do make --no-print-directory "$step"; done
cd dist
rm -f SHA256SUMS SHA256SUMS.sig SHA256SUMS.minisig
sha256sum -- * >../build-sums && mv ../build-sums SHA256SUMS
if [ -n "${SIGNING_KEY:-}" ]; then
    ssh-keygen -q -Y sign -f "$SIGNING_KEY" -n taskdeck-release SHA256SUMS
    echo "Signed. Verify with: ssh-keygen -Y verify -f allowed_signers -I releases -n taskdeck-release -s SHA256SUMS.sig <SHA256SUMS"
else
    echo "SIGNING_KEY is not set: there is no SHA256SUMS.sig."
fi
if [ -n "${MINISIGN_KEY:-}" ]; then
    minisign -S -s "$MINISIGN_KEY" -m SHA256SUMS -t "taskdeck $version $(date -u +%F)"
else
    echo "MINISIGN_KEY is not set: there is no SHA256SUMS.minisig, which \`taskdeck version --check\` reads."
fi
echo "Release $version is in dist, tagged v$version. Push with: git push --follow-tags"
