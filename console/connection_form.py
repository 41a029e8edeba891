"""The fields of a connection to a backend elsewhere."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from console.connection.saved_connections import SavedConnection, as_address, suggested_colour
from console.theme.current import Theme
from console.widgets.colour_choice import ColourChoice
from console.words import tr
from shared.client.protection import sends_in_clear


def _is_in_clear(url: str) -> bool:
    try:
        return sends_in_clear(url)
    except ValueError:  # an address that is being typed
        return False


class ConnectionForm(QWidget):
    """Address, name, colour, user and what protects the connection.

    `destination_changed` follows a change of where what is typed would be sent to, and how.
    """

    destination_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = QLineEdit()
        self._address.setPlaceholderText("https://taskdeck.example.org")
        self._colour = ColourChoice(theme)
        self._name = QLineEdit()
        self._name.setPlaceholderText(tr("Production, staging…"))
        self._name.textEdited.connect(lambda text: self._colour.choose(suggested_colour(text, self._address.text())))
        self._username = QLineEdit()
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._ca_file = QLineEdit()
        self._ca_file.setPlaceholderText(tr("Only for a private authority"))
        self._without_tls = QCheckBox(tr("Send the password without encryption"))
        self._rows = self._lay_out()
        self._address.textChanged.connect(self._offer_to_go_without_tls)
        self._offer_to_go_without_tls()
        for changed in (self._address.textChanged, self._ca_file.textChanged, self._without_tls.toggled):
            changed.connect(lambda _value: self.destination_changed.emit())

    def _lay_out(self) -> QFormLayout:
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        rows.setSpacing(8)
        for words, field in (
            (tr("Address"), self._address),
            (tr("Name"), self._name),
            (tr("Colour"), self._colour),
            (tr("User name"), self._username),
            (tr("Password"), self._password),
        ):
            rows.addRow(words, field)
        browse = QPushButton(tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose_ca_file)
        authority = QHBoxLayout()
        authority.addWidget(self._ca_file, 1)
        authority.addWidget(browse)
        rows.addRow(tr("Certificate authority"), authority)
        rows.addRow(self._without_tls)
        return rows

    def show_connection(self, connection: SavedConnection) -> None:
        """Fill the fields, and begin with the first that is to be typed."""
        is_new = not connection.url.strip()
        self._address.setText(connection.url.strip())
        self._name.setText(connection.name)
        self._colour.choose(connection.colour)
        self._username.setText(connection.username)
        self._password.clear()
        self._ca_file.setText(connection.ca_file)
        self._without_tls.setChecked(connection.allows_http)
        (self._address if is_new else self._password).setFocus()

    @property
    def typed(self) -> SavedConnection:
        """The connection that the fields describe."""
        return SavedConnection(
            self._name.text().strip(),
            as_address(self._address.text()),
            self._colour.chosen,
            self._username.text().strip(),
            self._ca_file.text().strip(),
            self._is_in_clear() and self._without_tls.isChecked(),
        )

    @property
    def password(self) -> str:
        """The password, which is not part of the connection."""
        return self._password.text()

    @property
    def has_address(self) -> bool:
        return bool(self._address.text().strip())

    def _is_in_clear(self) -> bool:
        """Whether others could read what is sent to the address as it is typed now."""
        text = self._address.text().strip()
        return "://" in text and _is_in_clear(as_address(text))

    def _offer_to_go_without_tls(self) -> None:
        self._rows.setRowVisible(self._without_tls, self._is_in_clear())

    def _choose_ca_file(self) -> None:
        kinds = f"{tr('Certificates')} (*.pem *.crt *.cer);;{tr('All files')} (*)"
        dialog = QFileDialog(self, tr("Certificate authority"), "", kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._ca_file.setText)
        dialog.open()
