"""Failed assertions of the attacks are explained as those of tests are."""

from pathlib import Path

import pytest

_MODULES = [path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if not path.stem.startswith(("test_", "con"))]

pytest.register_assert_rewrite(*(f"tests.attacks.{name}" for name in _MODULES))
