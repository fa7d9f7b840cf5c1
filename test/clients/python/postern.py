"""A small client of a Postern gateway, as a Python bot would have one: keys in a header, codes in a header."""

import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional

try:
    import requests
except ImportError:  # The standard library does as well.
    requests = None

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Reply:
    status: int
    code: Optional[str]
    body: Any


class Gateway:
    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def get(self, path: str) -> Reply:
        return self._send("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        return self._send("POST", path, body)

    def _send(self, method: str, path: str, body: Optional[Mapping[str, Any]]) -> Reply:
        data = None if body is None else json.dumps(body).encode()
        send = _by_urllib if requests is None else _by_requests
        return send(method, self._url + path, self._headers, data)


def _by_requests(method: str, url: str, headers: Mapping[str, str], data: Optional[bytes]) -> Reply:
    answer = requests.request(method, url, headers=headers, data=data, timeout=TIMEOUT_SECONDS)
    return Reply(answer.status_code, answer.headers.get("X-Polysim-Code"), answer.json())


def _by_urllib(method: str, url: str, headers: Mapping[str, str], data: Optional[bytes]) -> Reply:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    request = Request(url, data=data, headers=dict(headers), method=method)
    try:
        answer = urlopen(request, timeout=TIMEOUT_SECONDS)
    except HTTPError as error:
        answer = error
    with answer:
        return Reply(answer.status, answer.headers.get("X-Polysim-Code"), json.load(answer))
