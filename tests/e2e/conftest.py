"""The running service, as a user starts it: ``lamina up`` on a free port, with servers and data of its own; and
workers alone, with everything that a test of theirs needs around it; and a browser."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from app.cli.service import running
from lamina.client import Client
from tests.browser import WatchedPage, started_browser, watched_page
from tests.browser_canvas import BrowserCanvas
from tests.lettered_poster import poster_png
from tests.service_of_its_own import CLOCKS, ServiceOfItsOwn
from tests.studio_document import CARD, Desk
from tests.studio_layers import Studio, opened
from tests.worker_process import DECOMPOSERS, ROOT, Customer, Puppets, StartWorker, Watch, WorkerProcess


@pytest.fixture(scope="session")
def strings() -> Iterator[Puppets]:
    """What the model ``puppet`` of the running service hangs on."""
    with TemporaryDirectory(prefix="lamina") as folder:  # the path of a socket must be short
        strings = Puppets(Path(folder) / "strings")
        yield strings
        strings.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, strings: Puppets) -> Iterator[str]:
    """The URL of a service that lasts as long as the tests do; what one test stores, another may find."""
    folder = tmp_path_factory.mktemp("service")
    environment = CLOCKS | {
        "LAMINA_MODELS": "classic,noop,puppet",
        "LAMINA_ALLOW_PRIVATE_URLS": "true",  # webhooks go to this machine
        "LAMINA_DECOMPOSERS": DECOMPOSERS,
        "PUPPET_SOCKET": str(strings.path),
        "PYTHONPATH": str(ROOT),
    }
    with running(folder / "data", folder / "logs", environment) as url:
        yield url


@pytest.fixture
def client(service: str) -> Iterator[Client]:
    with Client(service) as client:
        yield client


@pytest.fixture(scope="module")
def own_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceOfItsOwn]:
    """What a file of tests has for itself: it begins empty."""
    with TemporaryDirectory(prefix="lamina") as folder:  # the path of a socket must be short
        puppets = Puppets(Path(folder) / "strings")
        service = ServiceOfItsOwn(tmp_path_factory.mktemp("own"), puppets)
        try:
            service.start()
            yield service
        finally:
            service.stop()
            puppets.close()


ProcessOf = Callable[[str], psutil.Process]


@pytest.fixture
def process_of(service: str) -> ProcessOf:
    """Finds the process of the running service whose command line has a word: ``api``, ``worker@%h`` and so on."""

    def find(word: str) -> psutil.Process:
        (up,) = [child for child in psutil.Process().children() if "up" in child.cmdline()]
        (found,) = [child for child in up.children() if word in child.cmdline()]
        return found

    return find


@pytest.fixture
def puppets() -> Iterator[Puppets]:
    with TemporaryDirectory(prefix="lamina") as folder:  # the path of a socket must be short
        puppets = Puppets(Path(folder) / "strings")
        yield puppets
        puppets.close()


@pytest.fixture
def start_worker(database_url: str, redis_url: str, puppets: Puppets, tmp_path: Path) -> Iterator[StartWorker]:
    with ExitStack() as stack:

        def start(command: Sequence[str] | None = None, **environment: str) -> WorkerProcess:
            environment["PUPPET_SOCKET"] = str(puppets.path)
            log = tmp_path / f"worker-{len(list(tmp_path.iterdir()))}.log"
            return stack.enter_context(WorkerProcess(database_url, redis_url, log, command=command, **environment))

        yield start


@pytest.fixture
def watch(engine: Engine) -> Iterator[Watch]:
    watch = Watch(engine)
    yield watch
    watch.close()


@pytest.fixture
def customer(engine: Engine, redis_url: str) -> Iterator[Customer]:
    customer = Customer(engine, redis_url)
    yield customer
    customer.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[WatchedPage]:
    """An empty page; a test that leaves complaints on it fails."""
    with watched_page(browser) as watched:
        yield watched
    assert watched.complaints == []


@pytest.fixture(scope="module")
def canvas(browser: Browser) -> Iterator[BrowserCanvas]:
    with watched_page(browser) as watched:
        yield BrowserCanvas(watched.page)


@pytest.fixture(scope="session")
def http(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def studio(page: WatchedPage, http: httpx.Client) -> Studio:
    """A poster of four layers with short names."""
    return opened(page.page, http)


@pytest.fixture(scope="module")
def lettered_decomposition(service: str) -> str:
    """The lettered poster taken apart."""
    with httpx.Client(base_url=service, trust_env=False, timeout=120) as http:
        asked = {"files": {"image": poster_png()}, "data": {"model": "classic", "max_layers": "16"}}
        job = http.post("/v1/decompositions", headers={"Prefer": "wait=60"}, **asked).json()  # type: ignore[arg-type]
        while job["status"] not in {"succeeded", "failed"}:
            job = http.get(f"/v1/jobs/{job['id']}", params={"wait": 30}).json()
        found: str = job["result"]["decomposition_id"]
    return found


@pytest.fixture
def desk(page: WatchedPage, http: httpx.Client, lettered_decomposition: str) -> Desk:
    """A document of its own, open in the studio, at revision 2: its red layer has the name ``CARD``."""
    made = http.post("/v1/documents", json={"decomposition_id": lettered_decomposition, "name": "Open air"}).json()
    red = next(layer for layer in made["layers"] if layer["bbox"][2:] == [401, 111])
    edit = {"operations": [{"op": "rename", "layer": red["index"], "name": CARD}]}
    http.post(f"/v1/documents/{made['id']}/operations", json=edit).raise_for_status()
    page.page.goto(f"{http.base_url}/#{made['id']}")
    expect(page.page.get_by_text("Exact", exact=True)).to_be_visible(timeout=60_000)
    return Desk(page.page, http, made["id"])
