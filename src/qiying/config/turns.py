"""So many requests at a time: the others wait their turn outside, where waiting costs nothing.

Each request that runs has a thread of its own. When hundreds come in one moment, as from the
screens of a board that has just changed, hundreds of threads would fight for the interpreter and for
the few connections of the database, and all would be slower for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def in_turns(application: Application, *, most: int) -> Application:
    """The same application, of which ``most`` requests without a body run at a time.

    Only GET requests wait: one that sends a body is as slow as its sender, and a turn that somebody
    slow can hold is a way to shut everybody out. A stream gives its turn back when it begins.
    """
    turns = asyncio.Semaphore(most)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await application(scope, receive, send)
            return
        await turns.acquire()
        is_held = True

        def give_back() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                turns.release()

        async def send_on(message: Message) -> None:
            # the answer is made: however slowly it is read, the next may run
            if message["type"] == "http.response.start":
                give_back()
            await send(message)

        try:
            await application(scope, receive, send_on)
        finally:
            give_back()

    return serve
