"""What goes wrong with the embedded server."""


class ServerError(Exception):
    """The embedded server cannot run here.

    `message` and `values` are kept apart so that the command line can translate the sentence,
    which says what to do instead.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self.message = message
        self.values = values
