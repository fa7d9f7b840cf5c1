"""A prop firm's backend in Python: registers a trader, opens a challenge, reads state and fills, closes and resets.

Steps come on standard input, one a line, so that the trader's own part can happen in between; each is answered with
one line of JSON.
"""

import json
import sys
from typing import Any, Dict, List, Optional

try:
    import requests
except ImportError:  # The standard library does as well.
    requests = None
    import urllib.error
    import urllib.parse
    import urllib.request

TIMEOUT_SECONDS = 20
PAGE = 2


class Partner:
    def __init__(self, base: str, key: str) -> None:
        self._base = base
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None, params: Optional[Dict[str, Any]] = None) -> Any:
        url = f"{self._base}/v1/partner{path}"
        if requests is not None:
            reply = requests.request(
                method, url, headers=self._headers, json=body, params=params, timeout=TIMEOUT_SECONDS
            )
            reply.raise_for_status()
            return reply.status_code, reply.json()
        query = f"?{urllib.parse.urlencode(params)}" if params else ""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url + query, data, self._headers, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
            return reply.status, json.load(reply)

    def fills(self, account: str) -> List[Any]:
        cursor, out = None, []
        while True:
            params = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
            _, page = self.call("GET", f"/accounts/{account}/trades", params=params)
            out.extend(page["data"])
            cursor = page["next_cursor"]
            if not cursor:
                return out


def main() -> None:
    base, key, email, redirect = sys.argv[1:5]
    partner = Partner(base, key)
    user = account = None
    for line in sys.stdin:
        step = line.strip()
        if step == "user":
            body = {"external_id": "py_trader", "email": email, "metadata": {"country": "ES"}}
            status, user = partner.call("POST", "/users", body)
            answer = {"status": status, **user}
        elif step == "link":
            body = {"redirect_url": redirect}
            status, answer = partner.call("POST", f"/users/{user['user_id']}/login-link", body)
            answer["http"] = status
        elif step == "account":
            body = {
                "user_id": user["user_id"],
                "external_id": "py_challenge",
                "stage": "challenge",
                "starting_balance": "10000.00",
                "metadata": {"plan": "10k", "attempt": 1},
                "rules": {"profit_target_pct": 20, "max_drawdown_pct": 10},
            }
            status, account = partner.call("POST", "/accounts", body)
            answer = {"http": status, **account}
        elif step == "state":
            _, answer = partner.call("GET", f"/accounts/{account['account_id']}")
        elif step == "fills":
            answer = partner.fills(account["account_id"])
        else:
            _, answer = partner.call("POST", f"/accounts/{account['account_id']}/{step}")
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
