"""Quotes both sides of a binary market. Arguments: url, key, token of either outcome."""

import json
import sys

from postern import Gateway


def quote(gateway: Gateway, path: str, up: str, down: str) -> dict:
    # A short of one outcome is what a market maker might try first: nothing is held, so it is refused.
    short = gateway.post(path, {"token_id": down, "side": "SELL", "quantity": 50, "price": 0.96})
    # The other way to the same exposure: buy both outcomes, for less than a dollar together.
    bids = [
        gateway.post(path, {"token_id": token, "side": "BUY", "quantity": 50, "price": 0.04}) for token in (up, down)
    ]
    return {
        "short": {"status": short.status, "code": short.code, "keys": sorted(short.body)},
        "bids": [{"status": bid.status, "order": bid.body.get("orderID"), "state": bid.body.get("status")} for bid in bids],
    }


if __name__ == "__main__":
    url, key, up_token, down_token = sys.argv[1:]
    account = Gateway(url, key)
    quotes = [quote(account, path, up_token, down_token) for path in ("/v1/order", "/v1/clob/order")]
    print(json.dumps({"quotes": quotes, "open": account.get("/v1/data/orders").body["count"]}))
