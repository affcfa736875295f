"""`--scheduler tls://…`: a scheduler and workers that speak to those with a certificate only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from certificates import Certified, certified
from sites import Site, begun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("tls") / "trusted")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, trusted: Certified) -> Iterator[Site]:
    options = ("--tls-ca-file", str(trusted.authority), "--tls-cert", str(trusted.certificate), "--tls-key", str(trusted.key))
    with begun(tmp_path_factory.mktemp("tls") / "site", tls=options) as site:
        for worker in site.start("", ""):
            worker.drain()
        yield site


@pytest.fixture
def captures(tmp_path: Path, example: dict[str, Any]) -> Path:
    lines = [json.dumps({**example, "status": "DONE"} if n % 61 == 5 else example) for n in range(3000)]
    (tmp_path / "long.ndjson").write_text("\n".join(lines), "utf-8")
    (tmp_path / "one.json").write_text('{"id": 1}')
    return tmp_path


def run(captures: Path, *more: str, known: Certified | None = None) -> tuple[int, str, str]:
    names = {"CA_FILE": 0, "CLIENT__CERT": 1, "CLIENT__KEY": 2}
    files = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(known[at]) for name, at in names.items()} if known else {}
    command = [sys.executable, "-m", "docpact", "validate", str(captures), "--format", "json", *more]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **files}, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def test_with_a_certificate_the_report_is_that_of_one_machine(site: Site, captures: Path, trusted: Certified) -> None:
    assert site.address.startswith("tls://")
    one = run(captures, "--jobs", "1")
    assert one[0] == 1
    assert run(captures, "--scheduler", site.address, known=trusted) == one


def test_without_one_or_with_one_that_nobody_there_trusts_nothing_is_judged(
    site: Site, captures: Path, trusted: Certified, tmp_path: Path
) -> None:
    stranger = certified(tmp_path / "stranger")
    mixed = Certified(trusted.authority, stranger.certificate, stranger.key)
    for known in (stranger, mixed):
        code, out, err = run(captures, "--scheduler", site.address, known=known)
        assert (code, out) == (4, "")
        assert f"no Dask scheduler answers at {site.address}" in err
        assert "Traceback" not in err
    code, out, err = run(captures, "--scheduler", site.address)
    assert (code, out) == (4, "")
    assert "is answered to those with a certificate only" in err
    # Nor does it speak to those who ask without TLS.
    code, out, err = run(captures, "--scheduler", site.address.replace("tls:", "tcp:"))
    assert (code, out) == (4, "")
    assert "no Dask scheduler answers" in err
