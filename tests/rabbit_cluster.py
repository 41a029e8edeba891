"""Three nodes of RabbitMQ on this machine, set up as the documentation says."""

import re
import shlex
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rabbit_node import NameServer, RabbitNode

PAGE = Path(__file__).parents[1] / "docs" / "operate" / "outgrowing.md"
PASSWORD = "a password of the cluster"
_SETTINGS = re.compile(r"cat >> /etc/rabbitmq/rabbitmq\.conf <<END\n(.*?)^ *END$", re.DOTALL | re.MULTILINE)
_COMMANDS = re.compile(r"^    rabbitmqctl (.*)$", re.MULTILINE)
_MEMBERS = 3


class RabbitCluster:
    """A cluster whose settings and commands are those of the page on outgrowing one machine."""

    def __init__(self, server: str) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="taskdeck-cluster-"))
        names = NameServer(self._home)
        self.nodes = [RabbitNode(server, names=names) for _ in range(_MEMBERS)]

    def start(self) -> None:
        """Start all nodes at once, and create what the backends need: the virtual host and its user."""
        found = _SETTINGS.search(PAGE.read_text())
        assert found is not None, "the page has no settings of the nodes"
        lines = found[1]
        for number, node in enumerate(self.nodes, 1):
            assert f"rabbit@node{number}" in lines
            lines = lines.replace(f"rabbit@node{number}", node.name)
        for node in self.nodes:
            node.add_settings(lines)
        with ThreadPoolExecutor(_MEMBERS) as pool:
            list(pool.map(RabbitNode.start, self.nodes))
        self.nodes[0].control("await_online_nodes", str(_MEMBERS))
        self.nodes[0].control("add_user", "deck", PASSWORD)
        for command in self._commands("add_vhost", "set_permissions"):
            self.nodes[0].control(*command)

    def queues(self) -> dict[str, tuple[str, int]]:
        """Return type and number of members of each queue, asked as the page says; a classic one has no members."""
        (command,) = self._commands("list_queues")
        found = {}
        for line in self.nodes[-1].control("-q", *command).splitlines()[1:]:
            name, kind, members, _leader = line.split("\t")
            found[name] = (kind, members.count("@"))
        return found

    def remove(self) -> None:
        """Stop every node and delete the data."""
        for node in self.nodes:
            node.remove()
        shutil.rmtree(self._home, ignore_errors=True)

    @staticmethod
    def _commands(*names: str) -> list[list[str]]:
        commands = [shlex.split(command) for command in _COMMANDS.findall(PAGE.read_text())]
        chosen = [command for command in commands if command[0] in names]
        assert [command[0] for command in chosen] == list(names), f"the page has other commands: {commands}"
        return chosen
