"""Asks for a key and says in words what came of it. Arguments: url, key."""

import sys

from postern import Gateway

WORDS = {
    "CLOSED_BETA": "closed beta: join the waitlist",
    "API_PRO_COMING_SOON": "paying plans are admitted in cohorts: wait",
}

if __name__ == "__main__":
    url, key = sys.argv[1:]
    reply = Gateway(url, key).post("/v1/keys", {"name": "bot"})
    if reply.status == 403:
        # The body is for people; what to do next follows from the code in the header.
        print(WORDS.get(reply.code, f"refused: {reply.body['error']}"))
    else:
        print(f"issued {reply.body['key_prefix']}")
