"""A machine-learning backend, asked over the protocol that Label Studio's backends speak.

``GET /health``, ``POST /setup``, ``POST /predict``, ``POST /webhook``. Existing backends work unchanged. Besides, each
request is signed when there is a secret: ``X-Recension-Signature: t=<unix seconds>,v1=<hex>``, where ``v1`` is the
HMAC-SHA256, under the secret, of the seconds, a full stop and the body, so that a backend can tell its caller and
refuse what is old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx

from recension.errors import Invalid, TooLarge, Unavailable
from recension.models.network import Network

SIGNATURE: Final = "X-Recension-Signature"
_HEALTH_S: Final = 3.0
_SETUP_S: Final = 10.0
_PREDICT_S: Final = 100.0
_MAX_ANSWER: Final = 256 << 20
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a backend says about one task.

    Args:
        result: results as Label Studio spells them.
        score: of all of it, 0 to 1, ``None`` when it gave none.
        version: of the model that said it.
    """

    result: Sequence[Any]
    score: float | None
    version: str


class Backend:
    """One backend; use it as a context.

    Args:
        url: where it listens.
        network: which addresses may be called.
        secret: what requests are signed with; empty: they are not.
        predict_s: how long a prediction may take, in seconds.

    Raises:
        Invalid, Forbidden, Unavailable: the URL is none that may be called.
    """

    def __init__(self, url: str, network: Network, *, secret: str = "", predict_s: float = _PREDICT_S) -> None:
        self._url = url
        self._secret = secret
        self._predict_s = predict_s
        self._place = network.place(url)
        self._http = httpx.Client(base_url=self._place.origin, trust_env=False, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def health(self) -> str:
        """Name of the model's class; empty when the backend does not say.

        Raises:
            Unavailable: it does not answer, or says that it is not up.
        """
        body = self._call("GET", "/health", None, _HEALTH_S)
        if isinstance(body, dict) and body.get("status", "UP") != "UP":
            raise Unavailable(f"the backend says {str(body.get('status'))[:80]}", where=self._url)
        return str(body.get("model_class") or "") if isinstance(body, dict) else ""

    def setup(self, project: str, label_config: str, *, hostname: str = "", token: str = "") -> str:
        """Tell the backend what is labelled; the version of its model, empty when it does not say.

        Args:
            project: a name that changes whenever the project is another one.
            label_config: Label Studio's XML.
            hostname: where tasks' files can be read.
            token: what they can be read with.
        """
        request = {
            "project": project,
            "schema": label_config,
            "hostname": hostname,
            "access_token": token,
            "extra_params": None,
        }
        body = self._call("POST", "/setup", request, _SETUP_S)
        return str(body.get("model_version") or "") if isinstance(body, dict) else ""

    def predict(
        self,
        tasks: Sequence[Mapping[str, Any]],
        *,
        project: str,
        label_config: str,
        context: Mapping[str, Any] | None = None,
    ) -> list[Said]:
        """What the backend says about each task, in their order.

        Args:
            tasks: ``id`` and ``data`` of each.
            project: as given to ``setup``.
            label_config: Label Studio's XML.
            context: of an interactive request: what has been drawn, as ``{"result": [...]}``.

        Raises:
            Unavailable: it does not answer in time.
            Invalid: it answers something else than predictions.
        """
        params = {"login": None, "password": None, "context": None if context is None else dict(context)}
        request = {"tasks": list(tasks), "project": project, "label_config": label_config, "params": params}
        body = self._call("POST", "/predict", request, self._predict_s)
        results = body.get("results") if isinstance(body, dict) else body
        if not isinstance(results, list) or len(results) != len(tasks):
            raise Invalid(f"the backend gives no {len(tasks)} predictions", where=self._url)
        shared = str(body.get("model_version") or "") if isinstance(body, dict) else ""
        return [self._said(entry, shared) for entry in results]

    def webhook(self, action: str, body: Mapping[str, Any]) -> None:
        """Tell the backend what has happened, as ``ANNOTATION_CREATED`` or ``START_TRAINING``."""
        self._call("POST", "/webhook", {"action": action, **body}, _SETUP_S)

    def _said(self, entry: Any, shared: str) -> Said:
        if not isinstance(entry, dict) or not isinstance(entry.get("result"), list):
            raise Invalid("a prediction has no result", where=self._url)
        version = str(entry.get("model_version") or shared)
        return Said(entry["result"], _share(entry.get("score")), version)

    def _call(self, method: str, path: str, body: Any, timeout_s: float) -> Any:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"host": self._place.host, "content-type": "application/json", **self._signature(raw)}
        request = self._http.build_request(
            method,
            f"{self._place.path}{path}",
            content=raw,
            headers=headers,
            timeout=timeout_s,
            extensions={"sni_hostname": self._place.name},
        )
        try:
            response = self._http.send(request, stream=True)
            try:
                answer = self._read(response, time.monotonic() + timeout_s)
            finally:
                response.close()
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Unavailable(f"the backend does not answer: {why}", where=f"{self._url}{path}") from error
        if not response.is_success:
            raise Unavailable(f"the backend answers {response.status_code}", where=f"{self._url}{path}")
        return self._parsed(answer, path)

    def _read(self, response: httpx.Response, until: float) -> bytes:
        """The whole answer; a backend that drips bytes does not hold the caller longer than a silent one."""
        pieces = []
        size = 0
        for piece in response.iter_bytes(_PIECE):
            size += len(piece)
            if size > _MAX_ANSWER:
                raise TooLarge("the backend's answer is over 256 MiB", where=self._url)
            if time.monotonic() > until:
                raise Unavailable("the backend takes too long", where=self._url)
            pieces.append(piece)
        return b"".join(pieces)

    def _parsed(self, raw: bytes, path: str) -> Any:
        if not raw.strip():
            return {}
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Invalid("the backend answers no JSON", where=f"{self._url}{path}") from error

    def _signature(self, raw: bytes) -> dict[str, str]:
        if not self._secret:
            return {}
        seconds = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest()
        return {SIGNATURE: f"t={seconds},v1={digest}"}


def _share(score: Any) -> float | None:
    """A confidence from 0 to 1; some models give scores beyond."""
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        return None
    return min(max(float(score), 0.0), 1.0)
