"""What ``make setup`` says where it cannot work, and that it leaves a current environment alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

NEEDED = ("sh", "awk", "cat", "cksum", "dirname", "rm")


@pytest.fixture
def project(tmp_path):
    """A project of one script and two small locks, on a machine with a shell and nothing else."""
    for folder in ("tools", "requirements", "bin"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "tools/environment.sh", tmp_path / "tools")
    for name in ("base", "dev"):
        (tmp_path / f"requirements/{name}.lock").write_text(f"# {name}\n")
    (tmp_path / "pyproject.toml").write_text("")
    for tool in NEEDED:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def setup(project: Path, which: str = "dev") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "tools/environment.sh", which],
        cwd=project,
        env={"PATH": os.fspath(project / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(project: Path, answer: str) -> None:
    """An interpreter that notes what it was asked and makes environments with itself in them."""
    script(
        project / "bin/python3",
        f'echo "$*" >>{project}/asked\n{answer}\n'
        f'case "$*" in "-m venv .venv") {shutil.which("mkdir")} -p .venv/bin\n'
        f"{shutil.which('cp')} {project}/bin/python3 .venv/bin/python;; esac",
    )


def asked(project: Path) -> list[str]:
    note = project / "asked"
    lines = note.read_text().splitlines() if note.exists() else []
    note.unlink(missing_ok=True)
    return lines


def test_no_python_is_one_line(project):
    result = setup(project)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "no Python 3.11" in result.stderr


def test_an_old_python_is_one_line(project):
    fake_python(project, 'case "$*" in *version_info*) exit 1;; esac')
    result = setup(project)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "no Python 3.11" in result.stderr


def test_a_python_that_cannot_make_environments_is_one_line(project):
    fake_python(project, 'case "$*" in *ensurepip*) exit 1;; esac')
    result = setup(project)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "python3-venv" in result.stderr


def test_a_current_environment_is_left_alone(project):
    fake_python(project, ":")
    assert setup(project).returncode == 0
    assert any("--require-hashes" in line for line in asked(project))
    assert setup(project).returncode == 0
    assert asked(project) == ["-c "]  # only whether it still runs


def test_the_development_environment_serves_the_report(project):
    fake_python(project, ":")
    setup(project, "dev")
    asked(project)
    assert setup(project, "base").returncode == 0
    assert not any("pip install" in line for line in asked(project))


def test_base_grows_into_dev_in_place(project):
    fake_python(project, ":")
    setup(project, "base")
    asked(project)
    setup(project, "dev")
    lines = asked(project)
    assert not any("-m venv" in line for line in lines)
    assert any("requirements/dev.lock" in line for line in lines)


def test_a_changed_lock_makes_a_new_environment(project):
    fake_python(project, ":")
    setup(project)
    (project / "requirements/dev.lock").write_text("# changed\n")
    asked(project)
    setup(project)
    assert any("-m venv" in line for line in asked(project))


def test_a_moved_project_makes_a_new_environment(project):
    fake_python(project, ":")
    setup(project)
    stamp = project / ".venv/lock.stamp"
    stamp.write_text(stamp.read_text().replace(str(project), "/elsewhere"))
    asked(project)
    setup(project)
    assert any("-m venv" in line for line in asked(project))


def test_a_broken_install_is_not_taken_for_a_whole_one(project):
    fake_python(project, 'case "$*" in *"pip install"*) exit 1;; esac')
    assert setup(project).returncode != 0
    assert not (project / ".venv/lock.stamp").exists()
