# Builds dist\taskdeck-VERSION-win64.exe. Needs Python 3.11 or later, and Inno Setup 6 on the path.
#   powershell -ExecutionPolicy Bypass -File installer\windows\build.ps1
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
python -m venv build\package-python
$python = "build\package-python\Scripts\python.exe"
& $python -m pip install -q --disable-pip-version-check -c constraints.txt ".[console,redis,package]"
if ($LASTEXITCODE) { exit $LASTEXITCODE }
$version = & $python -m backend version
& $python -m PyInstaller -y --log-level WARN installer/taskdeck.spec --distpath build/package --workpath build/freezing
if ($LASTEXITCODE) { exit $LASTEXITCODE }
& build\package\taskdeck\taskdeck.exe version
if ($LASTEXITCODE) { exit $LASTEXITCODE }
iscc "/DVersion=$version" installer\windows\taskdeck.iss
exit $LASTEXITCODE
