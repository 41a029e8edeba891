; Inno Setup 6: installs build\package\taskdeck for one user or for all, with the deep link and the path.
;   iscc /DVersion=0.1.0 installer\windows\taskdeck.iss
#ifndef Version
  #error Name the version: iscc /DVersion=X.Y.Z
#endif
[Setup]
AppId={{6B1D7C4E-2A0C-4E0B-9B5E-3A9A4C6F7D21}
AppName=Taskdeck
AppVersion={#Version}
AppPublisher=The Taskdeck developers
DefaultDirName={autopf}\Taskdeck
DefaultGroupName=Taskdeck
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesEnvironment=yes
CloseApplications=yes
Compression=lzma2/max
SolidCompression=yes
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=taskdeck-{#Version}-win64
LicenseFile=LICENSE
UninstallDisplayIcon={app}\taskdeck-console.exe

[Files]
Source: "build\package\taskdeck\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Taskdeck"; Filename: "{app}\taskdeck.exe"; Parameters: "up"

[Registry]
Root: HKA; Subkey: "Software\Classes\taskdeck"; ValueType: string; ValueData: "URL:Taskdeck"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\taskdeck"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\taskdeck\shell\open\command"; ValueType: string; ValueData: """{app}\taskdeck.exe"" console ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Check: NotOnPath; Flags: preservestringtype

[UninstallRun]
Filename: "{app}\taskdeck.exe"; Parameters: "service remove"; Flags: runhidden; RunOnceId: "service"

[Code]
function NotOnPath: Boolean;
var
  Path: String;
begin
  Result := not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) or (Pos(';' + ExpandConstant('{app}'), ';' + Path) = 0);
end;
