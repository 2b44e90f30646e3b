"""What can go wrong when a house is started on one machine, each with the sentence a person reads."""


class LocalError(Exception):
    """Base of everything raised here; ``str(error)`` is a full sentence for the terminal."""


class Refused(LocalError):
    """The house may not start here: already running, port taken, place not ours."""


class ServerFailed(LocalError):
    """An embedded server did not start, or a command to it failed; the end of its log is in the sentence."""


class Ended(BaseException):
    """Somebody asked us to end while we waited. A BaseException, so no ``except Exception`` swallows it."""
