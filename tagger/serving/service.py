"""The state of a server: its models, its limits, and the requests that it answers at this moment."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from tagger.errors import DataError
from tagger.serving.bodies import Body, read_body
from tagger.serving.limits import Limits
from tagger.serving.models import Models, ServedModel, chosen_model
from tagger.serving.refusals import Refusal, busy, json_response

Work = Callable[[ServedModel, Body, Limits], Awaitable[str]]  # from a model and a body to the answer, as JSON


class Service:
    """Models, and what is done for requests with a body.

    Args:
        models: the models by name.
        limits: the most that a request may have, and that may wait.
    """

    def __init__(self, models: Models, limits: Limits) -> None:
        self.models, self.limits = models, limits
        self.n_waiting = 0
        self.is_stopping = False

    async def answer(
        self, request: Request, body: type[Body], work: Work[Body], name: Callable[[Body], str | None]
    ) -> Response:
        """Answer a request that has a body, within the limits.

        Args:
            request: the request.
            body: keys and values of its body.
            work: function that makes the answer.
            name: function from the body to the name of the model; None: the only one.

        Raises:
            Refusal: the request cannot be done.
        """
        if self.n_waiting >= self.limits.waiting:
            raise busy(f"{self.n_waiting:,} requests wait already")
        self.n_waiting += 1
        try:
            content = await read_body(request, body, self.limits)
            model = chosen_model(self.models, name(content))
            async with asyncio.timeout(self.limits.seconds):
                return json_response(await work(model, content, self.limits))
        except TimeoutError:
            raise busy(f"the request took more than {self.limits.seconds:g} seconds") from None
        except DataError as error:
            raise Refusal.of_error(error) from None
        finally:
            self.n_waiting -= 1
