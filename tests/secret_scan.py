"""Looks for secrets in the files of the repository: `make lint` runs it."""

import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parent.parent
_BY_FORM = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "CloudantDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "GitLabTokenDetector", "IbmCloudIamDetector", "JwtTokenDetector", "MailchimpDetector",
    "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector",
    "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
_BY_PLACE = ("BasicAuthDetector", "KeywordDetector")
"""They find passwords by where they stand, so that tests, whose users have passwords, are not searched by them."""
_EXAMPLES = (
    r"^password$",
    r"^secret\w*$",
    r"^TASKDECK_SECRET_$",
    r"^taskdeck(-worker)?$",
    r"^\.{3}$",
    r"^choose one$",
    r"^scram-sha-256$",
    r"^\w+_FILES?$",
    r"^Use password or passfile instead\.$",
)
"""What stands for a password in documents and messages."""
_NOT_SEARCHED = (".qm", ".ts", ".svg", ".png")


def findings() -> list[str]:
    """Return place and kind of each finding."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [name for name in listed.stdout.split("\0") if name and not name.endswith(_NOT_SEARCHED)]
    of_tests = [name for name in names if name.startswith("tests/")]
    others = [name for name in names if not name.startswith("tests/")]
    return [*_scan(of_tests, _BY_FORM), *_scan(others, _BY_FORM + _BY_PLACE)]


def _scan(names: list[str], plugins: tuple[str, ...]) -> list[str]:
    settings = {
        "plugins_used": [{"name": name} for name in plugins],
        "filters_used": [
            {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": list(_EXAMPLES)},
            {"path": "detect_secrets.filters.heuristic.is_templated_secret"},
            {"path": "detect_secrets.filters.heuristic.is_indirect_reference"},
        ],
    }
    with transient_settings(settings):
        found = SecretsCollection(root=str(ROOT))
        for name in names:
            if (ROOT / name).is_file():
                found.scan_file(name)
        return [f"{name}:{one.line_number}: {one.type}" for name, one in found]


def main() -> None:
    """Print the findings; the exit code is 1 if there is one."""
    found = findings()
    for one in found:
        print(f"{one}. Remove it from the history, and replace the secret where it is used.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
