"""Errors of start-up that an administrator can mend."""


class StartError(Exception):
    """The platform cannot start like this.

    `message` and `values` are kept apart so that the command line can translate the sentence,
    which says what to do instead.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
