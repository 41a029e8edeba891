"""The manifests: the schemas of Kubernetes accept them, and what they name exists."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
PROGRAMS = Path(sys.executable).parent
VALIDATOR = "kubernetes-validate==1.37.0"
"""Its schemas have 108 MB, so uv fetches it when it is needed."""
OF_OTHERS = ("ServiceMonitor", "ScaledObject")
"""Kinds of operators, for which the package has no schema."""
METRICS = Path(__file__).parents[2] / "backend" / "api" / "metrics" / "installation.py"


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


MANIFESTS = sorted(path for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml")
OBJECTS = [one for path in MANIFESTS for one in documents(path)]
KUSTOMIZATIONS = sorted(FOLDER.rglob("kustomization.yaml"))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in OBJECTS:
        template = one.get("spec", {}).get("template")
        if template is not None:
            yield one["metadata"]["name"], template["spec"]


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for _, pod in pods():
        for container in pod["containers"]:
            yield pod, container


def test_the_schemas_of_kubernetes_accept_each_object() -> None:
    files = [path for path in MANIFESTS if not any(one["kind"] in OF_OTHERS for one in documents(path))]
    command: list[str | Path] = [
        PROGRAMS / "uv",
        "tool",
        "run",
        "--from",
        VALIDATOR,
        "kubernetes-validate",
        "--strict",
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count(" passed for ") == sum(len(documents(path)) for path in files)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: path.parent.name)
def test_a_kustomization_names_what_exists(path: Path) -> None:
    (content,) = documents(path)
    for resource in content["resources"]:
        assert (path.parent / resource).exists(), resource
    names = {one["metadata"]["name"] for one in OBJECTS}
    assert {one["name"] for one in content.get("replicas", [])} <= names
    assert {one["target"]["name"] for one in content.get("patches", [])} <= names
    literals = [text for one in content.get("configMapGenerator", []) for text in one["literals"]]
    for text in literals:
        assert text.partition("=")[0].removeprefix("TASKDECK_").lower() in Settings.model_fields


def test_each_manifest_belongs_to_a_kustomization() -> None:
    named = {(path.parent / one).resolve() for path in KUSTOMIZATIONS for one in documents(path)[0]["resources"]}
    assert {path.resolve() for path in MANIFESTS} <= named


def test_what_a_container_runs_and_reads_exists() -> None:
    seen = 0
    for pod, container in containers():
        seen += 1
        command, *words = container["args"]
        helped = subprocess.run([PROGRAMS / "taskdeck", command, "--help"], capture_output=True, text=True, check=True)
        assert all(word in helped.stdout for word in words if word.startswith("--"))
        variables = [one["name"] for one in container["env"] if one["name"].startswith("TASKDECK_")]
        for name in variables:
            assert name.removeprefix("TASKDECK_").removesuffix("_FILE").lower() in Settings.model_fields
        volumes = {one["name"] for one in pod["volumes"]} | {"spool"}
        assert {one["name"] for one in container["volumeMounts"]} <= volumes
    assert seen == 3


def test_no_container_has_rights_and_each_has_requests_and_a_limit() -> None:
    for pod, container in containers():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]
        modes = [one["secret"]["defaultMode"] for one in pod["volumes"] if "secret" in one]
        assert modes == [0o440], "Taskdeck refuses files that others can read"


def test_workers_are_scaled_by_a_metric_that_exists() -> None:
    (scaled,) = [one for one in OBJECTS if one["kind"] == "ScaledObject"]
    (trigger,) = scaled["spec"]["triggers"]
    (metric,) = re.findall(r"scheduler_\w+", trigger["metadata"]["query"])
    assert f'"{metric}"' in METRICS.read_text(encoding="utf-8")
    target = scaled["spec"]["scaleTargetRef"]
    assert [one for one in OBJECTS if one["kind"] == target["kind"] and one["metadata"]["name"] == target["name"]]
